//! `nulmeting completions` and `nulmeting man`: help where people look for it.

use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::help;

/// The name under which the program is called.
const NAME: &str = "nulmeting";

/// Prints a script that completes commands and flags.
pub(crate) fn completions(shell: clap_complete::Shell, console: &Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut help::command(), NAME, &mut script);
    console.data(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}

/// Prints the manual page: an overview, then every command with its flags.
pub(crate) fn man(console: &Console) -> Result<Exit, Failure> {
    let mut page = Vec::new();
    let mut command = help::command();
    command.build();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(Failure::unexpected)?;
    for own in command.get_subcommands() {
        let man = clap_mangen::Man::new(own.clone());
        man.render_name_section(&mut page).map_err(Failure::unexpected)?;
        man.render_synopsis_section(&mut page).map_err(Failure::unexpected)?;
        man.render_options_section(&mut page).map_err(Failure::unexpected)?;
    }
    console.data(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}
