//! Hands the command line to [`afterword::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    afterword::cli::run()
}
