//! Standard output, which gets the result alone, and standard error, which gets the messages.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write};

use crate::cli::args::{Cli, ColorChoice};
use crate::cli::exit::Exit;
use crate::text::{Colour, Screen, shown};

/// The streams of one run. A stream that cannot be written stops nothing: the projects after it are worked on all the same.
pub(super) struct Streams {
    quiet: bool,
    pub(super) out_screen: Screen,
    pub(super) err_screen: Screen,
    /// Why standard output could not be written.
    broken: RefCell<Option<io::Error>>,
}

impl Streams {
    pub(super) fn new(cli: &Cli) -> Self {
        let colour = |is_terminal: bool| match cli.color.unwrap_or(ColorChoice::Auto) {
            ColorChoice::Always => Colour::Always,
            ColorChoice::Never => Colour::Never,
            ColorChoice::Auto => {
                let wished = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let forced = wished("CLICOLOR_FORCE") || wished("FORCE_COLOR");
                if !wished("NO_COLOR") && (is_terminal || forced) { Colour::Always } else { Colour::Never }
            }
        };
        let columns = |(width, _): (terminal_size::Width, terminal_size::Height)| usize::from(width.0);
        Self {
            quiet: cli.quiet,
            out_screen: Screen {
                colour: colour(io::stdout().is_terminal()),
                width: terminal_size::terminal_size_of(io::stdout()).map(columns),
            },
            err_screen: Screen {
                colour: colour(io::stderr().is_terminal()),
                width: terminal_size::terminal_size_of(io::stderr()).map(columns),
            },
            broken: RefCell::default(),
        }
    }

    /// Whether standard error gets only errors.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Adds to the result; after a failure nothing more of it is written.
    pub(super) fn out(&self, text: &str) {
        let mut broken = self.broken.borrow_mut();
        if broken.is_none() {
            *broken = write(&mut io::stdout().lock(), text).err();
        }
    }

    /// Adds a message, unless standard error gets only errors.
    pub(super) fn talk(&self, text: &str) {
        if !self.quiet {
            // A failure here cannot be reported.
            let _ = write(&mut io::stderr().lock(), text);
        }
    }

    /// Reports an error, in one line.
    pub(super) fn error(&self, message: &str) -> Exit {
        self.error_lines(&shown(message))
    }

    /// Reports an error in the lines of a text that may be shown as it is.
    pub(super) fn error_lines(&self, text: &str) -> Exit {
        let _ = write(&mut io::stderr().lock(), &format!("error: {}\n", text.trim_end()));
        Exit::Failed
    }

    /// The exit code of the run: a failure to write the result overrides the result's exit code. A closed pipe is not a failure.
    pub(super) fn finish(&self, exit: Exit) -> Exit {
        match self.broken.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.error(&format!("cannot write to standard output: {error}"))
            }
            _ => exit,
        }
    }
}

fn write(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
}
