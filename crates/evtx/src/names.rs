//! Names of the events' own data, each kept once, known by a number.

use hashbrown::HashMap;

/// Number of a name. The names that the projection asks for come first, in its order.
pub(crate) type NameId = u32;

/// Past this many bytes the names are forgotten before the next chunk: a file made to have endless names must not fill the memory.
const MAX_BYTES: usize = 1 << 20;

#[derive(Debug, Default)]
pub(crate) struct Names {
    ids: HashMap<Box<str>, NameId>,
    list: Vec<Box<str>>,
    /// For each name the first of those asked for that is the same but for case.
    alike: Vec<Option<NameId>>,
    /// How many names are asked for.
    asked: usize,
    /// Stands for elements without a name until they are numbered.
    unnamed: NameId,
    /// `name#2` and so on, by name and number.
    numbered: HashMap<(NameId, u32), NameId>,
    /// `parent.child`, by both.
    dotted: HashMap<(NameId, NameId), Option<NameId>>,
    /// How often a name was met, by the round that counted it.
    counts: Vec<(u32, u32)>,
    round: u32,
    bytes: usize,
    charged: usize,
}

impl Names {
    pub(crate) fn new(first: &[String]) -> Self {
        let mut names = Names::default();
        for name in first {
            names.asked += 1;
            names.id(name);
        }
        // Not to be found by its text: an element may have that for a name.
        names.unnamed = names.add("Data");
        names
    }

    /// The name of elements that have none. [`Names::nth`] makes `param1`, `param2` of it, as Windows and winlogbeat call them.
    #[inline]
    pub(crate) fn unnamed(&self) -> NameId {
        self.unnamed
    }

    pub(crate) fn id(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = self.add(name);
        self.bytes += name.len();
        self.ids.insert(name.into(), id);
        id
    }

    fn add(&mut self, name: &str) -> NameId {
        // A chunk has no room for 2^32 names.
        let id = NameId::try_from(self.list.len()).unwrap_or(NameId::MAX);
        self.bytes += name.len() + 64;
        self.list.push(name.into());
        let first = self.list.iter().take(self.asked).position(|asked| asked.eq_ignore_ascii_case(name));
        self.alike.push(first.and_then(|first| NameId::try_from(first).ok()));
        self.counts.push((0, 0));
        id
    }

    /// The names asked for that are this one but for case, by their places.
    pub(crate) fn alike(&self, id: NameId) -> impl Iterator<Item = usize> {
        let first = self.alike.get(crate::bytes::index(id)).copied().flatten();
        let from = first.map_or(self.asked, crate::bytes::index);
        (from..self.asked).filter(move |at| self.alike.get(*at).is_some_and(|alike| *alike == first))
    }

    /// Begins to count names anew.
    pub(crate) fn start_count(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.counts.fill((0, 0));
            self.round = 1;
        }
    }

    /// How often the name has been met in this round, this time included.
    pub(crate) fn count(&mut self, id: NameId) -> u32 {
        let Some((round, count)) = self.counts.get_mut(crate::bytes::index(id)) else { return 1 };
        if *round != self.round {
            (*round, *count) = (self.round, 0);
        }
        *count = count.saturating_add(1);
        *count
    }

    #[inline]
    pub(crate) fn text(&self, id: NameId) -> &str {
        self.list.get(crate::bytes::index(id)).map_or("", |name| name)
    }

    /// `parent.child`; `None` where that gets too long to be a name.
    pub(crate) fn dotted(&mut self, parent: NameId, child: NameId) -> Option<NameId> {
        const MAX_LENGTH: usize = 1024;
        if let Some(known) = self.dotted.get(&(parent, child)) {
            return *known;
        }
        let name = format!("{}.{}", self.text(parent), self.text(child));
        let id = (name.len() <= MAX_LENGTH).then(|| self.id(&name));
        self.dotted.insert((parent, child), id);
        self.bytes += 32;
        id
    }

    /// `name` the first time, then `name#2`, `name#3`; `param1` and so on for what has no name.
    pub(crate) fn nth(&mut self, name: NameId, n: u32) -> NameId {
        if n <= 1 && name != self.unnamed {
            return name;
        }
        if let Some(id) = self.numbered.get(&(name, n)) {
            return *id;
        }
        let text = if name == self.unnamed { format!("{PARAM}{n}") } else { format!("{}#{n}", self.text(name)) };
        let id = self.id(&text);
        self.numbered.insert((name, n), id);
        self.bytes += 32;
        id
    }

    /// Bytes of new names since this was asked last.
    #[inline]
    pub(crate) fn take_growth(&mut self) -> usize {
        std::mem::replace(&mut self.charged, self.bytes).abs_diff(self.bytes)
    }

    /// Whether it is time to begin anew.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes > MAX_BYTES
    }
}

/// What comes before the number of an element without a name.
const PARAM: &str = "param";

/// `x` of `x#2` and of `x#2#3`: what a name may have been before equal ones were numbered. All elements without a name are `param`.
pub(crate) fn unnumbered(name: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once('#') {
        Some((base, number)) if is_number(number) => unnumbered(base),
        _ => match name.split_at_checked(PARAM.len()) {
            Some((base, number)) if base.eq_ignore_ascii_case(PARAM) && is_number(number) => base,
            _ => name,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_asked_for_in_another_case() {
        let mut names = Names::new(&["Image", "user", "IMAGE"].map(str::to_owned));
        let mut alike = |name: &str| {
            let id = names.id(name);
            names.alike(id).collect::<Vec<_>>()
        };
        assert_eq!((alike("image"), alike("IMAGE"), alike("User"), alike("x")), (vec![0, 2], vec![0, 2], vec![1], vec![]));
    }

    #[test]
    fn names_are_kept_once() {
        let mut names = Names::new(&["b".to_owned(), "a".to_owned()]);
        assert_eq!((names.id("a"), names.id("b"), names.unnamed(), names.id("c")), (1, 0, 2, 3));
        let dotted = names.dotted(3, 0).unwrap();
        assert_eq!(names.text(dotted), "c.b");
        assert_eq!(names.dotted(3, 0), Some(dotted));
        let long = names.id(&"x".repeat(2000));
        assert_eq!(names.dotted(3, long), None);
        assert_eq!(names.nth(3, 1), 3);
        let second = names.nth(3, 2);
        assert_eq!(names.nth(3, 2), second);
        assert_eq!(names.text(second), "c#2");
        let params = [1, 2].map(|n| names.nth(2, n));
        assert_eq!(params.map(|id| names.text(id).to_owned()), ["param1", "param2"]);
        names.start_count();
        assert_eq!((names.count(3), names.count(3), names.count(1)), (1, 2, 1));
        names.start_count();
        assert_eq!(names.count(3), 1);
        assert_eq!(["param12", "PARAM1#2", "params1", "param"].map(unnumbered), ["param", "PARAM", "params1", "param"]);
        assert_eq!(["x", "x#2", "x#2#3", "x#", "#2", "x#y"].map(unnumbered), ["x", "x", "x", "x#", "", "x#y"]);
    }
}
