//! Which file of the build context is at a path of the image.

use super::{BuildStep, BuiltImage, Copied, below, made};

/// Programs after which a file may be another one at its path.
const MOVERS: [&str; 6] = ["tar", "unzip", "mv", "cp", "ln", "rsync"];

impl BuiltImage {
    /// The path in the build context of the file at a path of the image; `None` if nothing that is copied is certainly that file, or if a
    /// later step may have changed it. `is_file` tells whether the context has a file.
    #[must_use]
    pub fn file_at(&self, path: &str, is_file: impl Fn(&str) -> bool) -> Option<String> {
        for copied in self.copies.iter().rev() {
            let Some(rest) = below(path, &copied.destination) else { continue };
            if copied.sources.iter().any(|source| source.contains(['*', '?', '$', '['])) {
                return None;
            }
            if let Some(source) = candidates(copied, rest).into_iter().find(|source| is_file(source)) {
                let mut later = self.steps.iter().filter(|step| step.line > copied.line);
                return (!later.any(|step| step.may_change(path))).then_some(source);
            }
        }
        None
    }
}

/// The files that an instruction may have copied to `rest` below its destination: a file that is called so, or one in a folder.
fn candidates(copied: &Copied, rest: &str) -> Vec<String> {
    let plain = |source: &str| source.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/').to_owned();
    let sources = copied.sources.iter().map(|source| plain(source));
    if rest.is_empty() {
        return sources.take(1).filter(|_| copied.sources.len() == 1).collect();
    }
    let is_called_so = |source: &String| source.rsplit('/').next() == Some(rest);
    let own = sources.clone().filter(is_called_so);
    own.chain(sources.map(|source| made::joined(&source, rest))).collect()
}

impl BuildStep {
    /// Whether it may change the file at a path of the image.
    fn may_change(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_hidden = self.text.contains("<<") || self.text.contains("--from=");
        let mut words = self.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        is_hidden
            || self.text.contains(name)
            || !folder.is_empty() && self.text.contains(folder)
            || words.any(|word| MOVERS.contains(&word))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Dockerfile;

    #[test]
    fn a_file_of_the_image_was_one_of_the_context() {
        const CONTEXT: [&str; 3] = ["kafka.properties", "config/kafka.properties", "config/kraft/kafka.properties"];
        let unpack = "RUN curl https://example.org/kafka.tgz | tar xz -C /opt";
        for (instructions, expected) in [
            ("COPY kafka.properties /opt/config/kafka.properties", Some("kafka.properties")),
            ("COPY ./config/kafka.properties /opt/config/", Some("config/kafka.properties")),
            ("COPY run.sh kafka.properties /opt/config/", Some("kafka.properties")),
            ("COPY config /opt/config", Some("config/kafka.properties")),
            ("WORKDIR /opt\nCOPY config ./config", Some("config/kafka.properties")),
            ("COPY . /opt", Some("config/kafka.properties")),
            ("COPY kafka.properties /opt/config/\nCOPY other.txt /opt/config/", Some("kafka.properties")),
            ("COPY config /opt/config\nCOPY kafka.properties /opt/config/", Some("kafka.properties")),
            ("COPY kafka.properties /opt/config/\nRUN chmod +x /run.sh", Some("kafka.properties")),
            ("COPY other.properties /opt/config/kafka.properties", None),
            ("COPY *.properties /opt/config/", None),
            ("COPY kafka.properties /opt/config/\nRUN sed -i s/a/b/ /opt/config/kafka.properties", None),
            ("COPY kafka.properties /opt/config/\nRUN rm -r /opt/config", None),
            ("COPY kafka.properties /opt/config/\nRUN <<EOF\nEOF", None),
            ("COPY kafka.properties /opt/config/\nCOPY --from=apache/kafka:3.9.0 /opt /opt", None),
            ("COPY kafka.properties /etc/", None),
            ("", None),
        ] {
            let image = |text: &str| Dockerfile::parse(text).stage(None, &[]).expect("a stage");
            let find =
                |text: &str| image(text).file_at("/opt/config/kafka.properties", |source| CONTEXT.contains(&source));
            assert_eq!(find(&format!("FROM temurin\n{unpack}\n{instructions}")).as_deref(), expected, "{instructions}");
            assert_eq!(find(&format!("FROM temurin\n{instructions}\n{unpack}")), None, "{instructions}");
            let staged = format!("FROM temurin AS a\n{unpack}\n{instructions}\nFROM temurin\nCOPY --from=a /opt /opt");
            assert_eq!(find(&staged).as_deref(), expected, "{staged}");
        }
    }
}
