//! Prints what a delivered file holds, to look at by hand.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use nulmeting_ingest::files::{Content, File};

fn main() {
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        println!("== {path}");
        match File::open(&path, &bytes, None, None) {
            Err(error) => println!("{error}"),
            Ok(file) => match &file.content {
                Content::Dataset(dataset) => {
                    println!("{:?} {} {}", dataset.program, dataset.encoding, dataset.sure.word());
                    for variable in &dataset.variables {
                        println!("{variable:?}");
                    }
                    for row in &dataset.rows {
                        let shown = dataset.variables.iter().zip(row).map(|(own, value)| own.shown(value));
                        println!("{:?}", shown.collect::<Vec<_>>());
                    }
                }
                Content::Workbook(sheets) => {
                    for sheet in sheets {
                        let cells: usize = sheet.rows.values().map(|row| row.len()).sum();
                        println!(
                            "{} hidden {} rows {} cells {} merged {} uncomputed {}",
                            sheet.name,
                            sheet.hidden,
                            sheet.rows.len(),
                            cells,
                            sheet.merged.len(),
                            sheet.uncomputed.len()
                        );
                    }
                }
                Content::Text { encoding, sure, table } => {
                    println!(
                        "{encoding} {} {:?} {} records {}",
                        sure.word(),
                        table.delimiter,
                        table.sure.word(),
                        table.records.len()
                    );
                }
            },
        }
    }
}
