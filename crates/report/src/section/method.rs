//! How the numbers were made, what is unsure, and what the words mean.

use super::{Block, Definition, Section, Sentence, Table, summary};
use crate::view::{View, number_format};
use crate::{Error, Input};
use minijinja::context;
use nulmeting_study::study_file::{Threshold, ThresholdRule};
use nulmeting_study::tables::{ALL, Estimate};
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
    let estimates: Vec<&Estimate> = view
        .input
        .analysed
        .estimates
        .iter()
        .filter(|row| row.wave == view.wave.id)
        .collect();
    let count = |fits: &dyn Fn(&&&Estimate) -> bool| estimates.iter().filter(fits).count() as i64;
    let withheld = count(&|row| row.suppressed);
    let doubtful = count(&|row| !row.suppressed && row.reliability != Reliability::Ok);
    let facts = context! {
        withheld => view.count(withheld), doubtful => view.count(doubtful), all => view.count(estimates.len() as i64),
        minimum => view.input.study.disclosure.minimum,
    };
    points.push(Sentence::plain(view, "doubt.reliability", facts)?);
    for severity in Severity::ALL {
        let findings = view.input.normalized.findings.iter();
        let count = findings.filter(|finding| finding.severity == *severity).count();
        if count > 0 {
            let facts = context! { count => count };
            points.push(Sentence::plain(view, &format!("doubt.findings.{severity}"), facts)?);
        }
    }
    let validated = validation(view)?;
    if let Some((sentence, _)) = &validated {
        points.insert(2, sentence.clone());
    }
    section.list(points);
    if let Some((_, table)) = validated {
        section.table(table);
    }
    Ok(section)
}

/// How much higher boards rate themselves than validation does, where some have both; none otherwise.
fn validation(view: &View<'_>) -> Result<Option<(Sentence, Table)>, Error> {
    let wave_rows = view
        .input
        .analysed
        .validation
        .iter()
        .filter(|row| row.wave == view.wave.id);
    let rows: Vec<_> = wave_rows.filter(|row| !row.suppressed).collect();
    let Some(whole) = rows.iter().find(|row| row.scope == Scope::All && row.item == ALL) else {
        return Ok(None);
    };
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let signed = |value: Option<f64>| {
        value.map_or_else(
            || "–".to_owned(),
            |value| number_format::signed(value, number_format::decimal(value, 2, view.language())),
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
    let caption = view
        .texts
        .say("table.validation", context! { wave => view.wave.id.clone() })?;
    let headings = ["domain", "level_self", "level_validated", "difference", "n"]
        .into_iter()
        .map(word)
        .collect::<Result<_, _>>()?;
    let mut table = Table::new(caption, headings);
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
        table.push("", cells);
    }
    Ok(Some((sentence, table)))
}

/// Who is missing: sectors and size classes in the register, among those who took part, and after weighting.
fn representation(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let wave_rows = view
        .input
        .analysed
        .representation
        .iter()
        .filter(|row| row.wave == view.wave.id);
    // Decimals by the size of the whole, so that a column can be added up.
    let decimals = |share: f64, of: i64| number_format::percent(share, of, view.language());
    let (all, answered) = (view.population(), view.respondents());
    // Volunteers are not weighted, so that they have no third column.
    let weighted = view.selection() != Selection::Volunteer;
    let caption = view
        .texts
        .say("table.representation", context! { wave => view.wave.id.clone() })?;
    let mut headings = vec![word("group")?, word("share_register")?, word("share_respondents")?];
    if weighted {
        headings.push(word("share_weighted")?);
    }
    let mut table = Table::new(caption, headings);
    for row in wave_rows.filter(|row| row.variable != "stratum") {
        let hidden = view.options.public && row.inside;
        let share = |value: Option<f64>, of: i64| match value {
            Some(value) if !hidden => decimals(value, of),
            _ => "–".to_owned(),
        };
        let mut cells = vec![
            view.group_name(&row.variable, &row.class),
            decimals(row.share_register, all),
            share(row.share_respondents, answered),
        ];
        if weighted {
            cells.push(share(row.share_weighted, all));
        }
        table.push("", cells);
    }
    Ok(table)
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
    if !population.strata.is_empty() && view.selection() != Selection::Volunteer {
        weights.push(Sentence::plain(
            view,
            "method.strata",
            context! { by => names(&population.strata)? },
        )?);
    }
    if !population.nonresponse.is_empty() && view.selection() == Selection::Random {
        let by = names(&population.nonresponse)?;
        weights.push(Sentence::plain(view, "method.nonresponse", context! { by => by })?);
    }
    if !population.calibrate.is_empty() && view.selection() != Selection::Volunteer {
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
    section.table(response(view)?);
    section.table(representation(view)?);
    section.heading(view.texts.word("method.framework")?);
    section.paragraph(standing(view)?);
    section.heading(view.texts.word("method.sources")?);
    section.table(sources(view)?);
    if !view.input.normalized.findings.is_empty() {
        section.table(findings(view)?);
    }
    // A correction is about one cell of one organisation: it stays inside.
    if !view.input.ingested.corrections.is_empty() && !view.options.public {
        section.table(corrections(view)?);
    }
    Ok(section)
}

/// Per stratum: how many there are, were asked and answered.
fn response(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let caption = view
        .texts
        .say("table.response", context! { wave => view.wave.id.clone() })?;
    let headings = ["stratum", "population", "asked_n", "answered", "response_share"]
        .into_iter()
        .map(word)
        .collect::<Result<_, _>>()?;
    let mut table = Table::new(caption, headings);
    let wave_rows = view
        .input
        .analysed
        .representation
        .iter()
        .filter(|row| row.wave == view.wave.id);
    for row in wave_rows.filter(|row| row.variable == "stratum") {
        // The public profile tells nothing of a class with few respondents, nor what it would follow from.
        let hidden = view.options.public && row.inside;
        let count = |count: i64| if hidden { "–".to_owned() } else { view.count(count) };
        let response = match row.response {
            Some(response) if !hidden => view.percent(response, row.sampled),
            _ => "–".to_owned(),
        };
        let cells = vec![
            row.class.clone(),
            view.count(row.population),
            count(row.sampled),
            count(row.responded),
            response,
        ];
        table.push("", cells);
    }
    Ok(table)
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
        let headings = vec![word("wave")?, word("format")?, word("files")?, word("rows")?];
        let mut table = Table::new(word("sources")?, headings);
        for ((wave, format), (files, rows)) in gathered(view.input) {
            table.push(
                "",
                vec![wave.to_owned(), format.to_owned(), view.count(files), view.count(rows)],
            );
        }
        return Ok(table);
    }
    let headings = ["wave", "source", "format", "rows", "sha256"]
        .into_iter()
        .map(word)
        .collect::<Result<_, _>>()?;
    let mut table = Table::new(word("sources")?, headings);
    for row in &view.input.ingested.sources {
        let cells = vec![
            row.wave.clone(),
            row.source.clone(),
            row.format.clone(),
            view.count(row.rows),
            row.sha256.chars().take(12).collect(),
        ];
        table.push("", cells);
    }
    Ok(table)
}

/// What was corrected in what was delivered, and who decided it.
fn corrections(view: &View<'_>) -> Result<Table, Error> {
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let headings = ["wave", "place", "old", "new", "why", "who", "when"]
        .into_iter()
        .map(word)
        .collect::<Result<_, _>>()?;
    let mut table = Table::new(word("corrections")?, headings);
    for row in &view.input.ingested.corrections {
        let position = nulmeting_study::Place::cell(&row.source, &row.sheet, row.row, &row.column);
        let value = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = vec![
            row.wave.clone(),
            position.to_string(),
            value(&row.old),
            value(&row.new),
            row.why.clone(),
            row.who.clone(),
            row.when.clone(),
        ];
        table.push("", cells);
    }
    Ok(table)
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
    let headings = vec![word("rule")?, word("severity")?, word("count")?];
    let mut table = Table::new(word("findings")?, headings);
    for ((severity, rule), count) in &counts {
        let severity = view.texts.word(&format!("severity.{severity}"))?;
        let name = view.texts.known(&format!("rule.{rule}")).unwrap_or(rule);
        table.push("", vec![name.to_owned(), severity, view.count(*count)]);
    }
    Ok(table)
}

/// What the words mean.
pub(crate) fn definitions(view: &View<'_>) -> Result<Section, Error> {
    let mut section = Section::new(view, "definitions")?;
    let terms = view.texts.list("definitions")?.to_vec();
    let definitions = terms
        .iter()
        .map(|term| {
            Ok(Definition {
                term: view.texts.word(&format!("definition.{term}.term"))?,
                text: view.texts.word(&format!("definition.{term}.text"))?,
            })
        })
        .collect::<Result<_, Error>>()?;
    section.blocks.push(Block::Definitions { definitions });
    Ok(section)
}
