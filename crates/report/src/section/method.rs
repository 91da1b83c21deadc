//! How the numbers were made, what is unsure, and what the words mean.

use super::{Block, Section, Sentence, Table, summary};
use crate::view::View;
use crate::view::number_format;
use crate::{Error, Input};
use minijinja::context;
use nulmeting_study::study_file::{Threshold, ThresholdRule};
use nulmeting_study::tables::ALL;
use nulmeting_study::words::{Reliability, Scope, Selection, Severity};
use std::collections::BTreeMap;

/// What makes the numbers less than certain.
pub(crate) fn doubt(view: &View<'_>) -> Result<Section, Error> {
    let mut section = Section::new(view, "doubt")?;
    let mut points = vec![summary::chance(view)?];
    points.push(Sentence::plain(
        view,
        &format!("doubt.assessor.{}", view.input.study.scores.assessor),
        context! {},
    )?);
    let own: Vec<_> = view
        .input
        .analysed
        .estimates
        .iter()
        .filter(|row| row.wave == view.wave.id)
        .collect();
    let count = |fits: &dyn Fn(&&&nulmeting_study::tables::Estimate) -> bool| own.iter().filter(fits).count() as i64;
    let withheld = count(&|row| row.suppressed);
    let doubtful = count(&|row| !row.suppressed && row.reliability != Reliability::Ok);
    let facts = context! {
        withheld => view.count(withheld), doubtful => view.count(doubtful), all => view.count(own.len() as i64),
        minimum => view.input.study.disclosure.minimum,
    };
    points.push(Sentence::plain(view, "doubt.reliability", facts)?);
    for severity in Severity::ALL {
        let found = view
            .input
            .normalized
            .findings
            .iter()
            .filter(|finding| finding.severity == *severity)
            .count();
        if found > 0 {
            let facts = context! { count => found };
            points.push(Sentence::plain(view, &format!("doubt.findings.{severity}"), facts)?);
        }
    }
    let validated = validation(view)?;
    if let Some((sentence, _)) = &validated {
        points.insert(2, sentence.clone());
    }
    section.blocks.push(Block::List(points));
    if let Some((_, table)) = validated {
        section.blocks.push(Block::Table(table));
    }
    Ok(section)
}

/// How much higher boards rate themselves than validation does, where some have both; none otherwise.
fn validation(view: &View<'_>) -> Result<Option<(Sentence, Table)>, Error> {
    let own = view
        .input
        .analysed
        .validation
        .iter()
        .filter(|row| row.wave == view.wave.id);
    let rows: Vec<_> = own.filter(|row| !row.suppressed).collect();
    let Some(whole) = rows.iter().find(|row| row.scope == Scope::All && row.item == ALL) else {
        return Ok(None);
    };
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let signed = |value: Option<f64>| {
        value.map_or_else(
            || "–".to_owned(),
            |value| {
                let text = number_format::decimal(value, 2, view.language());
                if value > 0.0 && text.contains(|digit| ('1'..='9').contains(&digit)) {
                    format!("+{text}")
                } else {
                    text
                }
            },
        )
    };
    let level = |value: Option<f64>, n: Option<i64>| {
        value.map_or_else(|| "–".to_owned(), |value| view.level(value, n.unwrap_or(0)))
    };
    let key = if whole.ci_low.is_some_and(|low| low > 0.0) {
        "higher"
    } else {
        "alike"
    };
    let facts = context! {
        n => whole.n, difference => signed(whole.difference), low => signed(whole.ci_low), high => signed(whole.ci_high),
    };
    let sentence = Sentence::plain(view, &format!("doubt.validation.{key}"), facts)?;
    let mut lines = Vec::new();
    for row in rows {
        let name = match view.framework.domain(&row.item) {
            Some(domain) => view.domain_name(domain),
            None => word("all_norms")?,
        };
        let cells = vec![
            name,
            level(row.level_self, row.n),
            level(row.level_validated, row.n),
            format!(
                "{} ({} / {})",
                signed(row.difference),
                signed(row.ci_low),
                signed(row.ci_high)
            ),
            row.n.map_or_else(|| "–".to_owned(), |n| view.count(n)),
        ];
        lines.push((String::new(), cells));
    }
    let table = Table {
        caption: view
            .texts
            .say("table.validation", context! { wave => view.wave.id.clone() })?,
        headings: vec![
            word("domain")?,
            word("level_self")?,
            word("level_validated")?,
            word("difference")?,
            word("n")?,
        ],
        rows: lines,
    };
    Ok(Some((sentence, table)))
}

/// Who is missing: sectors and size classes in the register, among those who took part, and after weighting.
fn representation(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let own = view
        .input
        .analysed
        .representation
        .iter()
        .filter(|row| row.wave == view.wave.id);
    // Decimals by the size of the whole, so that a column can be added up.
    let decimals = |share: f64, of: i64| number_format::percent(share, of, view.language());
    let (all, answered) = (view.population(), view.respondents());
    let rows = own
        .filter(|row| row.variable != "stratum")
        .map(|row| {
            let hidden = view.options.public && row.inside;
            let share = |value: Option<f64>, of: i64| match value {
                Some(value) if !hidden => decimals(value, of),
                _ => "–".to_owned(),
            };
            let cells = vec![
                view.group_name(&row.variable, &row.class),
                decimals(row.share_register, all),
                share(row.share_respondents, answered),
                share(row.share_weighted, all),
            ];
            (String::new(), cells)
        })
        .collect();
    Ok(Table {
        caption: view
            .texts
            .say("table.representation", context! { wave => view.wave.id.clone() })?,
        headings: vec![
            word("group")?,
            word("share_register")?,
            word("share_respondents")?,
            word("share_weighted")?,
        ],
        rows,
    })
}

/// Selection, response, weights, scores, types, framework, sources and findings.
pub(crate) fn method(view: &View<'_>) -> Result<Section, Error> {
    let mut section = Section::new(view, "method")?;
    section.paragraph(vec![
        summary::who(view)?,
        Sentence::plain(view, &format!("method.selection.{}", view.selection()), context! {})?,
    ]);
    let population = &view.input.study.population;
    let names = |variables: &[nulmeting_study::study_file::Variable]| -> Result<String, Error> {
        let words: Result<Vec<String>, Error> = variables
            .iter()
            .map(|variable| view.texts.word(&format!("word.group.{variable}")))
            .collect();
        Ok(number_format::list(&words?, &view.texts.word("word.and")?))
    };
    let mut weights = Vec::new();
    if !population.strata.is_empty() {
        weights.push(Sentence::plain(
            view,
            "method.strata",
            context! { by => names(&population.strata)? },
        )?);
    }
    if !population.nonresponse.is_empty() && view.selection() != Selection::Census {
        let by = names(&population.nonresponse)?;
        weights.push(Sentence::plain(view, "method.nonresponse", context! { by => by })?);
    }
    if !population.calibrate.is_empty() && view.selection() != Selection::Census {
        weights.push(Sentence::plain(
            view,
            "method.calibrate",
            context! { by => names(&population.calibrate)? },
        )?);
    }
    let minimum = view.input.study.scores.minimum_answered;
    weights.push(Sentence::plain(
        view,
        "method.scores",
        context! { minimum => view.percent(minimum, 1) },
    )?);
    weights.push(Sentence::plain(
        view,
        &format!("method.respondents.{}", view.input.study.scores.respondents),
        context! {},
    )?);
    let (rule, score) = match view.input.study.typology.threshold {
        Threshold::Rule(ThresholdRule::Target) if view.has_levels() => ("target", String::new()),
        Threshold::Rule(ThresholdRule::Target) => ("half", String::new()),
        Threshold::Rule(ThresholdRule::Median) => ("median", String::new()),
        Threshold::Score(score) => ("score", number_format::decimal(score, 2, view.language())),
    };
    weights.push(Sentence::plain(
        view,
        &format!("method.types.{rule}"),
        context! { score => score },
    )?);
    weights.push(Sentence::plain(view, "method.intervals", context! {})?);
    weights.push(Sentence::plain(view, "method.comparisons", context! {})?);
    section.paragraph(weights);
    section.blocks.push(Block::Table(response(view)?));
    section.blocks.push(Block::Table(representation(view)?));
    section
        .blocks
        .push(Block::Heading(view.texts.word("method.framework")?));
    section.paragraph(standing(view)?);
    section.blocks.push(Block::Heading(view.texts.word("method.sources")?));
    section.blocks.push(Block::Table(sources(view)?));
    if !view.input.normalized.findings.is_empty() {
        section.blocks.push(Block::Table(findings(view)?));
    }
    // A correction is about one cell of one organisation: it stays inside.
    if !view.input.ingested.corrections.is_empty() && !view.options.public {
        section.blocks.push(Block::Table(corrections(view)?));
    }
    Ok(section)
}

/// Per stratum: how many there are, were asked and answered.
fn response(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let own = view
        .input
        .analysed
        .representation
        .iter()
        .filter(|row| row.wave == view.wave.id);
    let rows = own
        .filter(|row| row.variable == "stratum")
        .map(|row| {
            // Outside, a class with few respondents is not told, nor what it would follow from.
            let closed = view.options.public && row.inside;
            let shown = |count: i64| if closed { "–".to_owned() } else { view.count(count) };
            let response = match row.response {
                Some(response) if !closed => view.percent(response, row.sampled),
                _ => "–".to_owned(),
            };
            (
                String::new(),
                vec![
                    row.class.clone(),
                    view.count(row.population),
                    shown(row.sampled),
                    shown(row.responded),
                    response,
                ],
            )
        })
        .collect();
    Ok(Table {
        caption: view
            .texts
            .say("table.response", context! { wave => view.wave.id.clone() })?,
        headings: vec![
            word("stratum")?,
            word("population")?,
            word("asked_n")?,
            word("answered")?,
            word("response_share")?,
        ],
        rows,
    })
}

/// How sure the codebook's rows are.
fn standing(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let mut sentences = vec![Sentence::plain(
        view,
        "method.origin",
        context! { title => view.of(&view.framework.title), origin => view.of(&view.framework.origin) },
    )?];
    for part in &view.framework.parts {
        let counts = view.framework.standing_counts(&part.code);
        let all: usize = counts.iter().map(|(_, count)| count).sum();
        let words: Result<Vec<String>, Error> = counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(standing, count)| Ok(format!("{count} {}", view.texts.word(&format!("standing.{standing}"))?)))
            .collect();
        let facts = context! {
            part => view.of(&part.name), all => all, known => part.norms_known_to_exist,
            counts => number_format::list(&words?, &view.texts.word("word.and")?),
        };
        let key = match part.norms_known_to_exist {
            Some(known) if known != all => "method.standing_of",
            _ => "method.standing",
        };
        sentences.push(Sentence::plain(view, key, facts)?);
    }
    Ok(sentences)
}

fn sources(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    if view.options.public {
        let rows = gathered(view.input)
            .into_iter()
            .map(|((wave, format), (files, rows))| {
                let cells = vec![wave.to_owned(), format.to_owned(), view.count(files), view.count(rows)];
                (String::new(), cells)
            })
            .collect();
        return Ok(Table {
            caption: view.texts.word("table.sources")?,
            headings: vec![word("wave")?, word("format")?, word("files")?, word("rows")?],
            rows,
        });
    }
    let rows = view
        .input
        .ingested
        .sources
        .iter()
        .map(|row| {
            let cells = [
                row.wave.clone(),
                row.source.clone(),
                row.format.clone(),
                view.count(row.rows),
                row.sha256.chars().take(12).collect(),
            ];
            (String::new(), cells.to_vec())
        })
        .collect();
    Ok(Table {
        caption: view.texts.word("table.sources")?,
        headings: vec![
            word("wave")?,
            word("source")?,
            word("format")?,
            word("rows")?,
            word("sha256")?,
        ],
        rows,
    })
}

/// What was corrected in what was delivered, and who decided it.
fn corrections(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let rows = view.input.ingested.corrections.iter().map(|row| {
        let place = nulmeting_study::Place::cell(&row.source, &row.sheet, row.row, &row.column);
        let shown = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            row.wave.clone(),
            place.to_string(),
            shown(&row.old),
            shown(&row.new),
            row.why.clone(),
            row.who.clone(),
            row.when.clone(),
        ];
        (String::new(), cells.to_vec())
    });
    Ok(Table {
        caption: word("corrections")?,
        rows: rows.collect(),
        headings: ["wave", "place", "old", "new", "why", "who", "when"]
            .into_iter()
            .map(word)
            .collect::<Result<_, _>>()?,
    })
}

/// Files and rows by wave and format: outside, a file of one organisation would be a row about it.
pub(crate) fn gathered<'a>(input: &Input<'a>) -> BTreeMap<(&'a str, &'a str), (i64, i64)> {
    let mut gathered: BTreeMap<(&str, &str), (i64, i64)> = BTreeMap::new();
    for source in &input.ingested.sources {
        let counts = gathered.entry((&source.wave, &source.format)).or_default();
        counts.0 += 1;
        counts.1 += source.rows;
    }
    gathered
}

/// How often each rule found something.
fn findings(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let mut counts: BTreeMap<(Severity, &str), i64> = BTreeMap::new();
    for finding in &view.input.normalized.findings {
        *counts.entry((finding.severity, finding.rule.word())).or_default() += 1;
    }
    let rows = counts
        .iter()
        .map(|((severity, rule), count)| {
            let severity = view.texts.word(&format!("severity.{severity}"))?;
            let name = view.texts.known(&format!("rule.{rule}")).unwrap_or(rule);
            Ok((String::new(), vec![name.to_owned(), severity, view.count(*count)]))
        })
        .collect::<Result<_, Error>>()?;
    Ok(Table {
        caption: view.texts.word("table.findings")?,
        headings: vec![word("rule")?, word("severity")?, word("count")?],
        rows,
    })
}

/// What the words mean.
pub(crate) fn definitions(view: &View<'_>) -> Result<Section, Error> {
    let mut section = Section::new(view, "definitions")?;
    let terms = view.texts.list("definitions")?.to_vec();
    let pairs = terms
        .iter()
        .map(|term| {
            Ok((
                view.texts.word(&format!("definition.{term}.term"))?,
                view.texts.word(&format!("definition.{term}.text"))?,
            ))
        })
        .collect::<Result<_, Error>>()?;
    section.blocks.push(Block::Definitions(pairs));
    Ok(section)
}
