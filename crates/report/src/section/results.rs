//! The results, question by question.

use super::{Section, Sentence, Table, change, share_facts, summary, typology, whose_pupils};
use crate::Error;
use crate::draw::figure::{self, attention, groups, suppliers, types};
use crate::view::View;
use crate::view::absence::Absence;
use crate::view::claims::{self, headline_item};
use minijinja::context;
use nulmeting_study::framework::SupportFor;
use nulmeting_study::words::Scope;

/// Norms in the table of what comes first.
const NORMS: usize = 12;

/// The sections with results, in the order of the questions.
pub(crate) fn results(view: &View<'_>) -> Result<Vec<Section>, Error> {
    let mut sections = vec![everything(view)?, domains(view)?, first(view)?];
    for section in [held_back(view)?, supply(view)?, kinds(view)?, differences(view)?] {
        sections.extend(section);
    }
    Ok(sections)
}

/// How many boards meet everything, per board and per pupil.
fn everything(view: &View<'_>) -> Result<Section, Error> {
    let mut section = Section::new(view, "everything")?;
    let mut sentences = summary::compliance(view)?;
    for (part, item) in view.parts() {
        let Some(number) = view.by_pupils(Scope::All, item, "share_compliant") else {
            continue;
        };
        // Where no board or every board meets everything, the pupils add nothing.
        if claims::case_of(&number) != Some("some") {
            continue;
        }
        let facts =
            context! { part => view.of(&part.name), pupils => whose_pupils(view)?, ..share_facts(view, &number)? };
        sentences.push(Sentence::about(view, &number, "compliance.pupils", facts)?);
    }
    section.paragraph(sentences);
    section.paragraph(summary::level(view)?);
    Ok(section)
}

fn domains(view: &View<'_>) -> Result<Section, Error> {
    let mut section = Section::new(view, "domains")?;
    section.paragraph(summary::lowest(view)?);
    section.figure(view, "levels");
    section.figure(view, "met");
    section.paragraph(vec![Sentence::plain(view, "domains.means", context! {})?]);
    section.figure(view, "means");
    section.figure(view, "strips");
    section.figure(view, "heatmap");
    section.table(domain_table(view)?);
    Ok(section)
}

fn domain_table(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let mut headings = vec![word("domain")?];
    if view.has_levels() {
        headings.push(word("mean")?);
    }
    headings.extend([word("meeting")?, word("compliant")?, word("n")?]);
    let caption = view
        .texts
        .say("table.domains", context! { wave => view.wave.id.clone() })?;
    let mut table = Table::new(caption, headings);
    for (part, item) in view.parts() {
        let mut row = |scope: Scope, item: &str, label: String| -> Result<(), Error> {
            let find = |statistic: &str| view.number(scope, item, statistic);
            let meeting = find("share_meeting");
            let mut cells = vec![label];
            if view.has_levels() {
                cells.push(view.level_cell(find("mean_level"))?);
            }
            cells.extend([view.share_cell(meeting)?, view.share_cell(find("share_compliant"))?]);
            cells.push(meeting.map(|number| view.organisations(&number)).unwrap_or_default());
            table.push(meeting.map_or("", |number| number.id), cells);
            Ok(())
        };
        for domain in view.domains(&part.code) {
            row(Scope::Domain, &domain.code, view.domain_name(domain))?;
        }
        row(
            Scope::All,
            item,
            view.texts
                .say("table.whole", context! { part => view.of(&part.name) })?,
        )?;
    }
    Ok(table)
}

/// What comes first: the points of attention and the norms that most boards fall short of.
fn first(view: &View<'_>) -> Result<Section, Error> {
    let mut section = Section::new(view, "attention")?;
    section.paragraph(summary::attention(view)?);
    section.figure(view, "attention");
    section.paragraph(vec![
        Sentence::plain(view, "attention.rank", context! {})?,
        Sentence::plain(view, "attention.norms", context! {})?,
    ]);
    section.table(points(view)?);
    section.figure(view, "norms");
    section.table(lowest_norms(view)?);
    Ok(section)
}

/// The norms behind each point of attention.
fn points(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let caption = word("points")?;
    let mut table = Table::new(caption, vec![word("point")?, word("norms_behind")?, word("number")?]);
    for row in view.ranking("point") {
        let Some(point) = view.framework.points.iter().find(|point| point.code == row.item) else {
            continue;
        };
        let names: Vec<String> = point
            .norms
            .iter()
            .map(|code| match view.framework.domain(code) {
                Some(domain) => view.domain_name(domain),
                None => view.item_name("norm", code),
            })
            .collect();
        let count = view.framework.select(&point.norms).len() as i64;
        let name = view.item_name("point", &point.code);
        table.push(&attention::id(row), vec![name, names.join("; "), view.count(count)]);
    }
    Ok(table)
}

/// The norms that most boards fall short of.
fn lowest_norms(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let caption = view
        .texts
        .say("table.norms", context! { wave => view.wave.id.clone() })?;
    let headings = ["norm", "standing", "below", "place", "n"]
        .into_iter()
        .map(word)
        .collect::<Result<_, _>>()?;
    let mut table = Table::new(caption, headings);
    let ranking = view.ranking("norm");
    for row in ranking.iter().take(NORMS) {
        let standing = view
            .framework
            .norm(&row.item)
            .map(|norm| norm.standing.word())
            .unwrap_or_default();
        let share = match row.share_below_target {
            Some(share) => view.percent(share, row.n.unwrap_or_default()),
            None => Absence::Withheld.words(view)?,
        };
        let cells = vec![
            view.item_name("norm", &row.item),
            view.texts
                .known(&format!("standing.{standing}"))
                .unwrap_or(standing)
                .to_owned(),
            share,
            attention::places(&ranking, row),
            row.n.map_or_else(|| "–".to_owned(), |n| view.count(n)),
        ];
        table.push(&attention::id(row), cells);
    }
    Ok(table)
}

/// What holds boards back and what they ask for.
fn held_back(view: &View<'_>) -> Result<Option<Section>, Error> {
    let mut section = Section::new(view, "obstacles")?;
    for (topic, kind) in [("obstacle", "obstacles"), ("support", "support")] {
        let sentences = summary::topic(view, topic, kind)?;
        if !sentences.is_empty() {
            section.paragraph(sentences);
            section.figure(view, kind);
        }
    }
    Ok((!section.blocks.is_empty()).then_some(section))
}

/// What is asked of suppliers against what they deliver, and whether boards sign anyway.
fn supply(view: &View<'_>) -> Result<Option<Section>, Error> {
    let mut sentences = summary::supply(view)?;
    if sentences.is_empty() {
        return Ok(None);
    }
    if let Some(question) = view.question("supplier_signed") {
        // Yes and no add up: the first option that is published says it all.
        let published = question.options.iter().find_map(|option| {
            Some((
                option,
                view.choice(&question.code, &option.code, "share")
                    .filter(|number| number.value.is_some())?,
            ))
        });
        if let Some((option, number)) = published {
            let facts = context! {
                question => view.of(&question.name), answer => view.of(&option.name), ..share_facts(view, &number)?
            };
            sentences.push(Sentence::about(view, &number, "suppliers.signed", facts)?);
        }
    }
    let mut section = Section::new(view, "suppliers")?;
    section.paragraph(sentences);
    section.figure(view, "suppliers");
    section.table(demand_table(view)?);
    Ok(Some(section))
}

/// What is asked of suppliers and what they deliver, per demand.
fn demand_table(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let caption = view
        .texts
        .say("table.suppliers", context! { wave => view.wave.id.clone() })?;
    let headings = ["demand", "asked", "delivered", "gap", "n"]
        .into_iter()
        .map(word)
        .collect::<Result<_, _>>()?;
    let mut table = Table::new(caption, headings);
    for demand in suppliers::demands(view) {
        let (gap, interval) = suppliers::points(view, demand.gap);
        let (asked, delivered) = (
            view.share_cell(Some(demand.asked))?,
            view.share_cell(Some(demand.delivered))?,
        );
        let gap = if interval.is_empty() {
            gap
        } else {
            format!("{gap} ({interval})")
        };
        let n = view.organisations(&demand.asked);
        let id = demand.gap.map_or(demand.asked.id, |gap| gap.id);
        table.push(id, vec![demand.label.clone(), asked, delivered, gap, n]);
    }
    Ok(table)
}

/// The types and what helps each.
fn kinds(view: &View<'_>) -> Result<Option<Section>, Error> {
    let types = types::ordered(view);
    if types.is_empty() {
        return Ok(None);
    }
    let mut section = Section::new(view, "types")?;
    let mut sentences = summary::kinds(view)?;
    sentences.push(Sentence::plain(view, "types.rule", context! {})?);
    sentences.extend(typology::between(view)?);
    section.paragraph(sentences);
    section.figure(view, "types");
    section.figure(view, "profiles");
    for (kind, number) in types {
        let standing = view.texts.word(&format!("standing.{}", kind.standing))?;
        let title = if kind.standing == nulmeting_study::words::Standing::Official {
            view.of(&kind.name).to_owned()
        } else {
            format!("{} ({standing})", view.of(&kind.name))
        };
        section.heading(title);
        let facts =
            context! { about => view.of(&kind.about), needs => view.of(&kind.needs), ..share_facts(view, &number)? };
        let key = if number.suppressed {
            "types.one_suppressed"
        } else {
            "types.one"
        };
        let mut sentences = vec![Sentence::about(view, &number, key, facts)?];
        sentences.extend(typology::portrait(view, &kind.code)?);
        section.paragraph(sentences);
        let support = view
            .framework
            .support
            .iter()
            .filter(|s| s.for_ == SupportFor::Type && s.key == kind.code);
        let offers: Vec<Sentence> = support
            .map(|offer| {
                let facts = context! {
                    name => view.of(&offer.name), about => view.of(&offer.about), link => offer.link.clone(),
                    standing => view.texts.word(&format!("standing.{}", offer.standing))?,
                };
                Sentence::plain(view, "types.support", facts)
            })
            .collect::<Result<_, Error>>()?;
        section.list(offers);
    }
    typology::clusters(view, &mut section)?;
    typology::moves(view, &mut section)?;
    Ok(Some(section))
}

/// Sectors and size classes.
fn differences(view: &View<'_>) -> Result<Option<Section>, Error> {
    let (item, statistic) = (headline_item(view), groups::statistic(view));
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let caption = view
        .texts
        .say("table.groups", context! { wave => view.wave.id.clone() })?;
    let headings = vec![
        word("group")?,
        word(if view.has_levels() { "mean" } else { "meeting" })?,
        word("compliant")?,
        word("n")?,
    ];
    let mut table = Table::new(caption, headings);
    let dash = || "–".to_owned();
    for by in ["sector", "size"] {
        for (group, absence) in view.classes(by) {
            let name = view.group_name(by, group);
            let number = view.grouped(Scope::All, item, by, group, statistic);
            match number.filter(|number| number.value.is_some()) {
                Some(number) => {
                    let compliant = view.grouped(Scope::All, item, by, group, "share_compliant");
                    let cell = if view.has_levels() {
                        view.level_cell(Some(number))?
                    } else {
                        view.share_cell(Some(number))?
                    };
                    let cells = vec![name, cell, view.share_cell(compliant)?, view.count(number.n)];
                    table.push(number.id, cells);
                }
                None => {
                    let absence = absence.unwrap_or_else(|| Absence::of_group(view, by, group));
                    let id = number.map_or("", |number| number.id);
                    table.push(id, vec![name, absence.words(view)?, dash(), dash()]);
                }
            }
        }
    }
    if table.rows.is_empty() {
        return Ok(None);
    }
    let mut section = Section::new(view, "groups")?;
    section.paragraph(summary::differences(view)?);
    section.figure(view, "groups");
    section.table(table);
    Ok(Some(section))
}

/// An earlier wave, in short: its results, and why they are not simply compared with the latest.
pub(crate) fn earlier(view: &View<'_>, latest: &View<'_>) -> Result<Section, Error> {
    let mut section = Section {
        id: figure::name("wave", &view.wave.id),
        title: view
            .texts
            .say("section.earlier", context! { wave => view.wave.id.clone() })?,
        blocks: Vec::new(),
    };
    section.paragraph(vec![summary::who(view)?]);
    section.paragraph(vec![summary::comparison(view, latest)?]);
    let mut points = summary::compliance(view)?;
    points.extend(summary::level(view)?);
    points.extend(summary::lowest(view)?);
    points.extend(summary::kinds(view)?);
    points.extend(summary::obstacles(view)?);
    points.extend(summary::supply(view)?);
    section.list(points);
    if let Some(sentence) = change::in_short(view)? {
        section.paragraph(vec![sentence]);
        section.figure(view, "change");
    }
    for kind in [
        "levels",
        "met",
        "means",
        "attention",
        "obstacles",
        "suppliers",
        "types",
        "groups",
    ] {
        section.figure(view, kind);
    }
    Ok(section)
}
