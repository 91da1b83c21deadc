//! How long each stage takes on the example study: reading, normalizing, estimating, drawing.
//!
//! `cargo bench -p nulmeting-tests`; no test depends on what it prints.

use criterion::{Criterion, criterion_group, criterion_main};
use nulmeting_study::framework::FILES;
use nulmeting_study::words::Language;
use nulmeting_study::{Framework, Instruments, ItemMap, Study, shipped};
use nulmeting_tests::{example, root};
use std::collections::BTreeMap;
use std::hint::black_box;

fn load() -> (Study, Instruments) {
    let folder = root().join("data/example");
    let text = |path: &str| std::fs::read_to_string(folder.join(path)).expect("the example is whole");
    let study = Study::parse(
        &std::fs::read_to_string(example()).expect("the example is there"),
        "example",
    )
    .expect("it parses");
    let mut instruments = Instruments::default();
    for wave in &study.waves {
        let name = study.framework_of(wave);
        let files: BTreeMap<String, String> = FILES
            .iter()
            .map(|file| ((*file).to_owned(), text(&format!("{name}/{file}"))))
            .collect();
        instruments
            .frameworks
            .insert(wave.id.clone(), Framework::parse(&files, name).expect("it parses"));
        for (index, source) in wave.sources.iter().enumerate() {
            if let Some(items) = &source.items {
                let map = ItemMap::parse(&text(items), items).expect("it parses");
                instruments.maps.insert((wave.id.clone(), index), map);
            }
        }
    }
    (study, instruments)
}

fn stages(bench: &mut Criterion) {
    let (study, instruments) = load();
    let folder = root().join("data/example");
    let name = |organisation: &str| organisation.to_owned();
    let ingest = || nulmeting_ingest::ingest(&study, &instruments, &folder, &name).expect("it reads");
    bench.bench_function("ingest", |b| b.iter(|| black_box(ingest())));

    let ingested = ingest();
    let lexicon = shipped::lexicon();
    let normalize = || {
        nulmeting_normalize::normalize(&study, &instruments, &lexicon, &ingested.register, &ingested.responses)
            .expect("it normalizes")
    };
    bench.bench_function("normalize", |b| b.iter(|| black_box(normalize())));

    let normal = normalize();
    let tally = nulmeting_counts::Tally::of(&normal.answers);
    let analyze = || {
        nulmeting_analyze::analyze(
            &study,
            &normal.frameworks,
            &normal.organisations,
            &tally,
            &normal.levels,
            &ingested.history,
        )
        .expect("it analyses")
    };
    bench.bench_function("analyze", |b| b.iter(|| black_box(analyze())));

    let analysed = analyze();
    let input = nulmeting_report::Input {
        study: &study,
        ingested: &ingested,
        normalized: &normal,
        analysed: &analysed,
    };
    let options = nulmeting_report::Options {
        language: Language::Nl,
        public: false,
        csv: false,
        documents: nulmeting_report::Documents::ALL,
        style: nulmeting_report::HouseStyle::default(),
        version: env!("CARGO_PKG_VERSION").into(),
    };
    bench.bench_function("report", |b| {
        b.iter(|| black_box(nulmeting_report::render(&input, &options).expect("it renders")));
    });
}

criterion_group! {
    name = all;
    config = Criterion::default().sample_size(10);
    targets = stages
}
criterion_main!(all);
