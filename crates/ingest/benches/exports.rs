//! How long the largest deliveries take: 100 MB of one LimeSurvey CSV, and a thousand workbooks of 94 norms.
//!
//! `cargo bench --workspace --bench exports`; the whole stage is timed, from bytes on disk to rows of `responses`.
//! No test depends on what it prints.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nulmeting_ingest::ingest;
use nulmeting_study::{Framework, Instruments, Study, shipped};
use rust_xlsxwriter::Workbook;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

/// Size of the CSV.
/// Unit: bytes.
const CSV: usize = 100_000_000;
const WORKBOOKS: usize = 1_000;
const NORMS: usize = 94;
const REMARK: &str = "\"Vastgelegd in het beleid van het bestuur, \"\"besproken\"\" met de raad van toezicht en\nde medezeggenschap; \
    het jaarplan noemt wie het uitvoert, wanneer, en hoe het bestuur daarvan hoort. Nog niet bij alle scholen.\"";
/// Organisations of the register.
const ORGANISATIONS: usize = 2_000;

/// The codebook that ships, with as many made-up norms as the whole framework has.
fn framework() -> Framework {
    let shipped = shipped::codebook("normenkader-ibp-fo-2024").expect("it parses");
    let mut framework = shipped.expect("it is shipped");
    for index in framework.norms.len()..NORMS {
        let mut norm = framework.norms[0].clone();
        norm.code = format!("{}{index}", norm.code);
        framework.norms.push(norm);
    }
    framework
}

fn number(index: usize) -> usize {
    40_000 + index % ORGANISATIONS
}

/// A study of one source in a folder, with its register.
fn study(folder: &Path, source: &str) -> (Study, Instruments) {
    let rows = (0..ORGANISATIONS).map(|index| format!("{},Stichting {index},PO,900\n", number(index)));
    let register = format!("NUMMER,NAAM,SECTOR,LEERLINGEN\n{}", rows.collect::<String>());
    std::fs::write(folder.join("register.csv"), register).expect("a register");
    let text = format!(
        "[study]\ntitle = \"T\"\nframework = \"normenkader-ibp-fo-2024\"\nseed = 1\ndate = 2024-06-01\n\
         identified = true\n[population]\nregister = \"register.csv\"\n\
         columns = {{ id = \"NUMMER\", name = \"NAAM\", sector = \"SECTOR\", pupils = \"LEERLINGEN\" }}\n\
         [[wave]]\nid = \"2024\"\nselection = \"volunteer\"\n[[wave.source]]\npath = \"{source}\"\n"
    );
    let study = Study::parse(&text, "nulmeting.toml").expect("the study is whole");
    let mut instruments = Instruments::default();
    instruments.frameworks.insert("2024".to_owned(), framework());
    (study, instruments)
}

/// A LimeSurvey CSV with labels as answers, a remark beside every norm, and all fields quoted.
fn limesurvey(size: usize) -> String {
    let framework = framework();
    let mut text = "\u{feff}\"id\",\"submitdate\",\"lastpage\",\"startlanguage\",\"bestuursnummer\"".to_owned();
    for norm in &framework.norms {
        let _ = write!(text, ",\"{0}\",\"{0}[comment]\"", norm.code);
    }
    text.push('\n');
    for row in 1.. {
        let _ = write!(
            text,
            "\"{row}\",\"2024-05-01 10:00:00\",\"15\",\"nl\",\"{}\"",
            number(row)
        );
        for norm in 0..framework.norms.len() {
            let level = (row * 7 + norm * 3) % 5 + 1;
            let _ = write!(text, ",\"Niveau {level}\",");
            match (row + norm) % 4 {
                0 => text.push_str(REMARK),
                _ => text.push_str("\"\""),
            }
        }
        text.push('\n');
        if text.len() >= size {
            break;
        }
    }
    text
}

/// A self-assessment of 94 norms: a cover, and a sheet per five domains.
fn workbook(index: usize, framework: &Framework) -> Vec<u8> {
    let mut book = Workbook::new();
    let cover = book.add_worksheet();
    cover.set_name("Voorblad").expect("a name");
    cover.write(1, 0, "Bestuursnummer").expect("a cell");
    cover.write(1, 1, number(index) as f64).expect("a cell");
    for (part, norms) in framework.norms[..NORMS].chunks(32).enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(format!("Deel {part}")).expect("a name");
        for (column, text) in (0..).zip(["Code", "Norm", "Niveau", "Toelichting"]) {
            sheet.write(0, column, text).expect("a cell");
        }
        for (row, norm) in (1..).zip(norms) {
            sheet.write(row, 0, &norm.code).expect("a cell");
            sheet.write(row, 1, norm.title.nl.as_str()).expect("a cell");
            sheet
                .write(row, 2, ((index + row as usize) % 5 + 1) as f64)
                .expect("a cell");
            if row % 3 == 0 {
                sheet.write(row, 3, "Vastgelegd en besproken").expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

fn exports(bench: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let (csv, instruments) = study(folder.path(), "export.csv");
    std::fs::write(folder.path().join("export.csv"), limesurvey(CSV)).expect("an export");
    let framework = framework();
    for index in 0..WORKBOOKS {
        let path = folder.path().join(format!("zelfevaluatie-{index:04}.xlsx"));
        std::fs::write(path, workbook(index, &framework)).expect("a workbook");
    }
    let (workbooks, _) = study(folder.path(), "zelfevaluatie-*.xlsx");
    let mut group = bench.benchmark_group("exports");
    group.sample_size(10).throughput(Throughput::Bytes(CSV as u64));
    let read = |study: &Study| ingest(study, &instruments, folder.path(), &str::to_owned).expect("it reads");
    assert!(
        read(&csv).responses.len() > 1_000_000,
        "the answers of the CSV are read"
    );
    assert_eq!(
        read(&workbooks).responses.len(),
        WORKBOOKS * NORMS,
        "the levels of the workbooks are read"
    );
    group.bench_function("limesurvey 100 MB", |b| b.iter(|| black_box(read(&csv))));
    group.throughput(Throughput::Elements(WORKBOOKS as u64));
    group.bench_function("1000 workbooks", |b| b.iter(|| black_box(read(&workbooks))));
    group.finish();
}

criterion_group!(all, exports);
criterion_main!(all);
