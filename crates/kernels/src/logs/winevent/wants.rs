//! What is wanted of an event.

use super::Field;

/// The columns, the names of event data and whether the map of all event data are wanted: nothing else is decoded.
#[derive(Debug, Clone)]
pub struct Wants {
    fields: u32,
    names: Vec<String>,
    /// Lengths of the names, as bits; those from 63 on share one.
    lengths: u64,
    map: bool,
}

impl Default for Wants {
    fn default() -> Self {
        Self::all()
    }
}

impl Wants {
    /// All columns and the map.
    pub fn all() -> Self {
        Self::new(Field::ALL, Vec::new(), true)
    }

    /// `names` are fields of event data; case counts only where a name is there in two spellings.
    pub fn new(fields: impl IntoIterator<Item = Field>, names: Vec<String>, map: bool) -> Self {
        let fields = fields.into_iter().fold(0, |set, field| set | field.bit());
        let lengths = names.iter().fold(0, |set, name| set | length_bit(name));
        Self { fields, names, lengths, map }
    }

    /// The wanted names, in the order of [`super::Event::named`].
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.fields & field.bit() != 0
    }

    /// As bits.
    pub(super) fn fields(&self) -> u32 {
        self.fields
    }

    pub(super) fn map(&self) -> bool {
        self.map
    }

    /// Whether any event data is wanted.
    pub(super) fn any_data(&self) -> bool {
        self.map || !self.names.is_empty()
    }

    /// The wanted names that are `name` but for case; the flag says whether case agrees too.
    pub(super) fn alike(&self, name: &str) -> impl Iterator<Item = (usize, bool)> {
        let names = if self.lengths & length_bit(name) == 0 { [].iter() } else { self.names.iter() };
        names.enumerate().filter(move |(_, wanted)| wanted.eq_ignore_ascii_case(name)).map(move |(at, wanted)| (at, wanted == name))
    }
}

fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}
