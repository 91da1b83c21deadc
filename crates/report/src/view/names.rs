//! Names for readers: groups, domains, norms and points of attention.

use crate::Error;
use crate::view::absence::Absence;
use crate::view::{View, number_format};
use minijinja::context;
use nulmeting_study::framework::Domain;
use nulmeting_study::tables::ALL;
use nulmeting_study::words::Scope;

impl<'a> View<'a> {
    /// The values of a grouping variable for which there are estimates, size classes from small to large.
    pub(crate) fn groups(&self, by: &str) -> Vec<&'a str> {
        let mut groups: Vec<&str> = self
            .estimates
            .keys()
            .filter(|key| key.2 == by && key.0 == Scope::All)
            .map(|key| key.3)
            .collect();
        groups.sort_by_key(|group| (size_order(group), *group));
        groups.dedup();
        groups
    }

    /// The values of a grouping variable for which there are estimates or respondents, each with the reason why it has no
    /// number; size classes from small to large.
    pub(crate) fn classes(&self, by: &str) -> Vec<(&'a str, Option<Absence>)> {
        let groups = self.groups(by);
        let mut classes: Vec<(&str, Option<Absence>)> = groups.iter().map(|group| (*group, None)).collect();
        if !groups.is_empty() {
            let rows = self.input.analysed.representation.iter();
            let of_grouping = rows.filter(|row| row.wave == self.wave.id && row.variable == by && row.responded == 0);
            for row in of_grouping.filter(|row| !groups.contains(&row.class.as_str())) {
                classes.push((&row.class, Some(Absence::of_group(self, by, &row.class))));
            }
        }
        classes.sort_by_key(|(group, _)| (size_order(group), *group));
        classes
    }

    /// The grouping variables for which there are estimates.
    pub(crate) fn groupings(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.estimates.keys().map(|key| key.2).filter(|by| *by != ALL).collect();
        names.dedup();
        names
    }

    /// A group's name for readers.
    pub(crate) fn group_name(&self, by: &str, group: &str) -> String {
        if let Some(name) = self.texts.known(&format!("group.{by}.{}", group.to_lowercase())) {
            return name.to_owned();
        }
        if by != "size" {
            return group.to_uppercase();
        }
        let count = |text: &str| {
            text.parse().map_or_else(
                |_| text.to_owned(),
                |value| number_format::count(value, self.language()),
            )
        };
        if let Some(limit) = group.strip_prefix("<") {
            format!("< {}", count(limit))
        } else if let Some(limit) = group.strip_prefix(">=") {
            format!("≥ {}", count(limit))
        } else if let Some((from, to)) = group.split_once('-') {
            format!("{}–{}", count(from), count(to))
        } else {
            group.to_owned()
        }
    }

    /// A group's name within a sentence, with its preposition: `in het primair onderwijs`.
    pub(crate) fn group_phrase(&self, by: &str, group: &str) -> Result<String, Error> {
        if by == "size" {
            return self
                .texts
                .say("group_phrase.size", context! { class => self.size_phrase(group)? });
        }
        match self.texts.known(&format!("group_phrase.{by}.{}", group.to_lowercase())) {
            Some(phrase) => Ok(phrase.to_owned()),
            None => self
                .texts
                .say("group_phrase.other", context! { name => self.group_name(by, group) }),
        }
    }

    /// A group's name as the subject of a title: a size class says what it counts.
    pub(crate) fn group_words(&self, by: &str, group: &str) -> Result<String, Error> {
        if by == "size" {
            self.texts
                .say("word.size_group", context! { class => self.size_phrase(group)? })
        } else {
            Ok(self.group_name(by, group))
        }
    }

    /// A size class in words: `minder dan 1.000`.
    fn size_phrase(&self, group: &str) -> Result<String, Error> {
        let count = |text: &str| {
            text.parse().map_or_else(
                |_| text.to_owned(),
                |value| number_format::count(value, self.language()),
            )
        };
        if let Some(limit) = group.strip_prefix('<') {
            self.texts.say("size.under", context! { limit => count(limit) })
        } else if let Some(limit) = group.strip_prefix(">=") {
            self.texts.say("size.from", context! { limit => count(limit) })
        } else if let Some((from, to)) = group.split_once('-') {
            self.texts
                .say("size.between", context! { from => count(from), to => count(to) })
        } else {
            Ok(group.to_owned())
        }
    }

    /// A domain's number and name.
    pub(crate) fn domain_name(&self, domain: &Domain) -> String {
        format!("{} {}", domain.number, self.of(&domain.name))
    }

    /// Name of what is ranked: a norm, a domain or a point of attention.
    pub(crate) fn item_name(&self, scope: &str, item: &str) -> String {
        match scope {
            "norm" => match self.framework.norm(item).map(|norm| self.of(&norm.title)) {
                Some(title) if !title.is_empty() => format!("{item} {title}"),
                _ => item.to_owned(),
            },
            "domain" => self
                .framework
                .domain(item)
                .map_or_else(|| item.to_owned(), |domain| self.of(&domain.name).to_owned()),
            _ => {
                let point = self.framework.points.iter().find(|point| point.code == item);
                point.map_or_else(|| item.to_owned(), |point| self.of(&point.name).to_owned())
            }
        }
    }
}

/// Where a size class stands by its lowest limit; text that is no class comes first.
fn size_order(group: &str) -> i64 {
    if group.starts_with('<') {
        return -1;
    }
    let digits: String = group
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(-2)
}
