//! Words that may be misspelt.

/// How alike two words must be for the question, between 0 and 1.
const LIKENESS: f64 = 0.8;

/// The question whether the most similar of some words was meant; `None` if none is similar.
#[must_use]
pub fn did_you_mean<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    let alike =
        words.into_iter().map(|near| (strsim::jaro(word, near), near)).filter(|(likeness, _)| *likeness > LIKENESS);
    let (_, near) = alike.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    Some(format!("did you mean `{near}`?"))
}

/// The candidate with the smallest distance, in letters, if that is at most `limit`, and no other is as near.
pub fn nearest<T>(candidates: impl Iterator<Item = (usize, T)>, limit: usize) -> Option<T> {
    let mut best = None;
    let mut least = limit + 1;
    for (distance, candidate) in candidates {
        if distance < least {
            (least, best) = (distance, Some(candidate));
        } else if distance == least {
            best = None;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_the_word_that_was_meant() {
        let words = ["depends_on", "environment", "entrypoint"];
        assert_eq!(did_you_mean("depend_on", words).as_deref(), Some("did you mean `depends_on`?"));
        assert_eq!(did_you_mean("enviroment", words).as_deref(), Some("did you mean `environment`?"));
        assert_eq!(did_you_mean("x", words), None);
    }

    #[test]
    fn chooses_none_of_two_that_are_as_near() {
        assert_eq!(nearest([(2, "a"), (1, "b")].into_iter(), 2), Some("b"));
        assert_eq!(nearest([(1, "a"), (1, "b")].into_iter(), 2), None);
        assert_eq!(nearest([(2, "a"), (2, "b"), (1, "c")].into_iter(), 2), Some("c"));
        assert_eq!(nearest([(3, "a")].into_iter(), 2), None);
    }
}
