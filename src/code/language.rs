//! The languages that services are written in.

use std::path::Path;

/// A language, or a family of them that reads the environment in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// JavaScript and TypeScript.
    JavaScript,
    /// Python
    Python,
    /// Java, Kotlin, Groovy and Scala.
    Jvm,
    /// Go
    Go,
    /// C# and F#.
    DotNet,
    /// Rust
    Rust,
    /// Ruby
    Ruby,
    /// PHP
    Php,
    /// Elixir and Erlang.
    Elixir,
    /// C and C++.
    C,
    /// The Bourne shell and its heirs.
    Shell,
}

impl Language {
    /// The language of a source file, by the end of its name.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        Some(match path.extension()?.to_str()? {
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => Self::JavaScript,
            "py" => Self::Python,
            "java" | "kt" | "kts" | "groovy" | "scala" | "sc" => Self::Jvm,
            "go" => Self::Go,
            "cs" | "fs" => Self::DotNet,
            "rs" => Self::Rust,
            "rb" | "ru" => Self::Ruby,
            "php" => Self::Php,
            "ex" | "exs" | "erl" => Self::Elixir,
            "c" | "cc" | "cpp" | "cxx" | "h" | "hpp" => Self::C,
            "sh" | "bash" => Self::Shell,
            _ => return None,
        })
    }
}
