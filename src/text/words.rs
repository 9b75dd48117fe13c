//! Words in a text, whatever their case.

use memchr::memchr2_iter;

/// Finds some words in texts. It is made in no time: an automaton, which searches no faster, would take longer to build than all texts of a
/// project to read.
#[derive(Clone, Debug)]
pub struct WordFinder {
    words: Vec<String>,
    /// The first letters of the words, as one number, each with the number of its word; sorted.
    starts: Vec<(u32, usize)>,
    /// Whether a word may begin so, by the hash of its first letters.
    may_begin: Box<[bool; 1 << HASH_BITS]>,
    /// The words that have fewer letters than that, by number.
    short: Vec<usize>,
}

/// How many letters at the start of a word are looked at first.
const START: usize = 4;
/// So many that a few hundred words leave most places of the table empty.
const HASH_BITS: u32 = 13;

impl WordFinder {
    /// Prepares the search for some words. Their numbers are those of the order here.
    pub fn new<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        let (mut starts, mut short) = (Vec::new(), Vec::new());
        let mut may_begin = Box::new([false; 1 << HASH_BITS]);
        for (number, word) in words.iter().enumerate() {
            match word.as_bytes().first_chunk() {
                Some(start) => {
                    may_begin[hash(folded(start))] = true;
                    starts.push((folded(start), number));
                }
                None => short.push(number),
            }
        }
        starts.sort_unstable();
        Self { words, starts, may_begin, short }
    }

    /// The numbers of the words that stand in a text, each as often as it does, in no order.
    pub fn find_iter<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        let starts = text.windows(START).filter_map(<[u8]>::first_chunk).enumerate();
        let likely = starts.filter(move |(_, start)| self.may_begin[hash(folded(start))]);
        let long = likely.flat_map(move |(at, start)| {
            let own = folded(start);
            let first = self.starts.partition_point(|(other, _)| *other < own);
            let same = self.starts[first..].iter().take_while(move |(other, _)| *other == own);
            same.map(|(_, number)| *number).filter(move |&number| self.is_at(number, &text[at..]))
        });
        let short = self.short.iter().flat_map(move |&number| {
            // The empty word is in every text.
            let first = self.words[number].bytes().next();
            let places = first.map(|c| memchr2_iter(c.to_ascii_lowercase(), c.to_ascii_uppercase(), text));
            let places = places.into_iter().flatten().chain(first.is_none().then_some(0));
            places.filter(move |&at| self.is_at(number, &text[at..])).map(move |_| number)
        });
        long.chain(short)
    }

    /// Whether a text begins with a word.
    fn is_at(&self, number: usize, text: &[u8]) -> bool {
        let word = self.words[number].as_bytes();
        text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    }
}

/// The first letters of a word, of which capitals count as small ones; some signs count as others, too.
fn folded(start: &[u8; START]) -> u32 {
    u32::from_le_bytes(*start) | 0x2020_2020
}

fn hash(start: u32) -> usize {
    (start.wrapping_mul(0x9e37_79b1) >> (u32::BITS - HASH_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_over_each_other() {
        let words = WordFinder::new(["kafka", "kafk", "Brokers", "${", "fk", "broken"]);
        assert_eq!(WordFinder::new([""]).find_iter(b"").collect::<Vec<_>>(), [0]);
        for (text, expected) in [
            ("", &[][..]),
            ("kaf", &[]),
            ("KAFKA", &[0, 1, 4]),
            ("a kafka or two kafKas", &[0, 0, 1, 1, 4, 4]),
            ("BROKERS and broker", &[2]),
            ("brokeN", &[5]),
            ("${A} $A {A}", &[3]),
            ("é${", &[3]),
        ] {
            let mut found: Vec<usize> = words.find_iter(text.as_bytes()).collect();
            found.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
    }
}
