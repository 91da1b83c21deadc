//! Writes the example study to a folder: `cargo run -p nulmeting-synth --example write -- data/example`.

use nulmeting_synth::{Options, study};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("which folder?")?;
    for (path, bytes) in study(&Options::default())? {
        let path = Path::new(&out).join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
