//! What took how long, and why it was done: for the eye while it runs, and for `run.log` after.
//!
//! The log is what a researcher mails when something goes wrong: it says which version did which step because of
//! what, how long that took, and how it ended. It holds nothing of what respondents answered.

use crate::console::Console;
use crate::exit::Failure;
use crate::lineage::folder::Staging;
use crate::loaded::Loaded;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant, SystemTime};

/// The file's name in the output folder: the only file that differs between two runs.
const FILE: &str = "run.log";

/// The log of one command.
pub(crate) struct Log {
    bar: Option<ProgressBar>,
    console: Console,
    started: SystemTime,
    lines: Vec<String>,
}

impl Log {
    /// Starts the log of a command.
    #[expect(clippy::disallowed_methods, reason = "the log is the one output that says when")]
    pub(crate) fn start(console: &Console) -> Self {
        let bar = console.may_draw().then(|| {
            let bar = ProgressBar::new(6);
            if let Ok(style) = ProgressStyle::with_template("{bar:20} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            console: *console,
            started: SystemTime::now(),
            lines: Vec::new(),
        }
    }

    /// Does a piece of work and notes how long it took.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let began = Instant::now();
        if let Some(bar) = &self.bar {
            bar.set_message(name.to_owned());
            // Short steps draw nothing: a bar that flashes tells nobody anything.
            bar.enable_steady_tick(Duration::from_secs(1));
        }
        let result = work();
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        let ended = if result.is_ok() { "" } else { " failed" };
        self.line(&format!("{name} {:.3} s{ended}", began.elapsed().as_secs_f64()));
        result
    }

    /// Notes something, and prints it for whoever asked for more.
    pub(crate) fn line(&mut self, text: &str) {
        self.console.detail(text);
        self.lines.push(text.to_owned());
    }

    /// Writes the log of a command that ended well.
    pub(crate) fn write(&self, loaded: &Loaded, staging: &Staging) -> Result<(), Failure> {
        self.clear();
        staging.put(FILE, self.text(loaded).as_bytes())?;
        staging.publish(FILE)
    }

    /// Writes the log of a command that failed, where an output folder is there to take it.
    pub(crate) fn write_failure(&mut self, loaded: &Loaded, failure: &Failure) {
        self.clear();
        self.lines.push(format!("failed: {}", failure.message));
        // The failure is what has to be heard; that it could not be written down as well adds nothing.
        if loaded.out.join(crate::lineage::manifest::FILE).exists()
            && let Ok(staging) = Staging::open(&loaded.out)
        {
            let _ = self.write(loaded, &staging);
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn text(&self, loaded: &Loaded) -> String {
        let since = self
            .started
            .duration_since(SystemTime::UNIX_EPOCH)
            .map(|since| since.as_secs())
            .unwrap_or_default();
        format!(
            "nulmeting {}\nstudy {}\nout {}\nstarted {since} seconds after 1970-01-01 UTC\n{}\n",
            env!("CARGO_PKG_VERSION"),
            loaded.files.path.display(),
            loaded.out.display(),
            self.lines.join("\n")
        )
    }
}
