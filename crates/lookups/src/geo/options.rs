//! What the functions of this family have in common: the databases they ask, what an address without an answer is called, and how answers are written.

use super::cache::Answer;
use super::facts::{Flag, Text};
use super::place::{Has, Placed};
use super::set::{Lease, Set};
use super::watch::{Key, Problem, Watch};
use super::{address, search};
use huntsql_kernels::input::Input;
use huntsql_kernels::kernel::each_row;
use huntsql_kernels::net::{AddressKind, address_kind};
use huntsql_kernels::prelude::*;
use std::net::IpAddr;
use std::sync::Arc;

/// The option `database`.
pub(crate) const DATABASE: OptionField = OptionField {
    name: "database",
    kind: OptionKind::TextOrList,
    default: "NULL",
    doc: "MMDB file, or list of files and folders. Of several the first that knows a field gives it. Left out: `HUNTSQL_MMDB` (separated as `PATH` is), else \
          `geo: databases:` of the configuration, else the folder `~/.local/share/huntsql/mmdb`.",
};

/// The option `language`.
pub(crate) const LANGUAGE: OptionField = OptionField {
    name: "language",
    kind: OptionKind::Text,
    default: "'en'",
    doc: "Language of the names, if the database has it: `de`, `en`, `es`, `fr`, `ja`, `pt-BR`, `ru`, `zh-CN`. Names that it lacks are English.",
};

/// Takes the option `database`. Wrong paths are told before there is a row.
pub(crate) fn database(setting: Setting) -> Result<Vec<String>, String> {
    let Setting::TextList(paths) = setting else { return Ok(Vec::new()) };
    if paths.is_empty() || paths.iter().any(String::is_empty) {
        return Err("must name a file, got an empty text or list".to_owned());
    }
    search::files(&paths, &search::process)?;
    Ok(paths)
}

/// The set of `key`.
pub(crate) fn open(function: &'static str, key: &Key) -> Result<Arc<Set>, KernelError> {
    Watch::current(key).map_err(|Problem { option, text }| KernelError::BadOption { function, option: option.to_owned(), problem: text })
}

/// What could be said about an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) place: Option<Placed<'a>>,
    /// Empty where nothing was found.
    pub(crate) network: &'a str,
    pub(crate) status: &'static str,
}

impl Said<'_> {
    fn nothing(status: &'static str) -> Self {
        Self { place: None, network: "", status }
    }
}

/// A field of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Field {
    Text(Text),
    Flag(Flag),
    Latitude,
    Longitude,
    AccuracyKm,
    Asn,
    Network,
    Status,
}

/// Writes answers into `out`, a column of these `fields`, column by column; what is `None` is a NULL row.
pub(crate) fn write(all: &[Option<Said<'_>>], fields: &[Field], out: &mut Column) {
    let said = || all.iter().map(Option::as_ref);
    let places = || said().map(|said| said.and_then(|said| said.place));
    // Databases of one kind leave most fields out.
    let has = places().flatten().fold(Has::default(), |has, place| has.or(place.has()));
    out.rows(said().map(|said| said.is_some()), |columns| {
        for (field, column) in fields.iter().zip(columns) {
            match *field {
                Field::Text(which) if !has.text(which) => column.extend_nulls(all.len()),
                Field::Flag(_) if !has.flags => column.extend_nulls(all.len()),
                Field::Asn if !has.asn => column.extend_nulls(all.len()),
                Field::Text(which) => column.extend_texts(places().map(|place| place?.text(which))),
                Field::Flag(which) => column.extend(places().map(|place| place?.flag(which))),
                Field::Latitude => column.extend(places().map(|place| place?.latitude())),
                Field::Longitude => column.extend(places().map(|place| place?.longitude())),
                Field::AccuracyKm => column.extend(places().map(|place| place?.accuracy_km())),
                Field::Asn => column.extend(places().map(|place| place?.asn())),
                Field::Network => column.extend_texts(said().map(|said| said.map(|said| said.network).filter(|text| !text.is_empty()))),
                Field::Status => column.extend_texts(said().map(|said| Some(said?.status))),
            }
        }
    });
}

/// What a batch of rows of a kernel of this family keeps: the open databases and what they said.
#[derive(Debug, Default)]
pub struct GeoScratch(Asking);

impl GeoScratch {
    /// As [`ScalarKernel::prepare`] and [`ScalarKernel::eval_all`] have it, of addresses in the first argument.
    pub(crate) fn prepare(
        &mut self,
        input: &impl Input,
        rows: usize,
        open: impl FnOnce() -> Result<Arc<Set>, KernelError>,
    ) -> Result<(), KernelError> {
        self.0.ask_ahead((0..rows).filter_map(|row| input.text(0, row)), open)
    }

    /// See [`GeoScratch::prepare`].
    pub(crate) fn eval_all<K: ScalarKernel<Scratch = Self>>(
        &mut self,
        fields: &[Field],
        options: &K::Options,
        input: &impl Input,
        rows: usize,
        out: &mut Column,
    ) -> Result<(), KernelError> {
        let has_address = (0..rows).map(|row| input.text(0, row).is_some());
        if self.0.write_ahead(has_address, fields, out) { Ok(()) } else { each_row::<K>(self, options, input, rows, out) }
    }

    /// What the databases say about the address in `text`. `open` is called once.
    #[inline]
    pub(crate) fn ask(&mut self, text: &str, open: impl FnOnce() -> Result<Arc<Set>, KernelError>) -> Result<Said<'_>, KernelError> {
        self.0.ask(text, open)
    }
}

/// What is asked, and what was answered.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    lease: Lease,
    live: String,
    network: String,
    /// What was asked ahead, and how much of it was handed out.
    ahead: Vec<(Option<IpAddr>, Option<Answer>)>,
    next: usize,
}

/// Most rows that are asked ahead: what they add to a cache must leave it within its bounds.
const MAX_AHEAD: usize = 1 << 14;
/// Rows whose places are fetched, and written, at once: as many as stay in the nearest cache.
const GROUP: usize = 64;

impl Asking {
    /// Asks about all rows of a batch, so that none waits for the memory of another. A larger batch is asked row by row.
    pub(crate) fn ask_ahead<'a>(
        &mut self,
        texts: impl Iterator<Item = &'a str>,
        open: impl FnOnce() -> Result<Arc<Set>, KernelError>,
    ) -> Result<(), KernelError> {
        let Self { lease, live, ahead, .. } = self;
        ahead.extend(texts.take(MAX_AHEAD + 1).map(|text| (address::read_address(text, live), None)));
        if ahead.is_empty() {
            return Ok(());
        }
        let lease = lease.of(open)?;
        if ahead.len() > MAX_AHEAD || !lease.ask_ahead(ahead) {
            ahead.clear();
        }
        Ok(())
    }

    /// What the databases say about the address in `text`. `open` is called once.
    #[inline]
    pub(crate) fn ask(&mut self, text: &str, open: impl FnOnce() -> Result<Arc<Set>, KernelError>) -> Result<Said<'_>, KernelError> {
        let lease = self.lease.of(open)?;
        let (address, answer) = match self.ahead.get(self.next) {
            Some(known) => {
                if self.next.is_multiple_of(GROUP) {
                    let group = self.ahead.iter().skip(self.next).take(GROUP);
                    lease.fetch(group.filter_map(|(_, answer)| *answer));
                }
                self.next += 1;
                *known
            }
            None => (address::read_address(text, &mut self.live), None),
        };
        let Some(address) = address else { return Ok(Said::nothing(BAD_ADDRESS)) };
        let Some((answer, place)) = lease.ask(address, answer) else { return Ok(Said::nothing("not_found")) };
        if place.is_none() {
            return Ok(Said::nothing(status_of_none(address, answer)));
        }
        self.network.clear();
        address::write_network(address, answer.network, &mut self.network);
        Ok(Said { place, network: &self.network, status: status_of_some(answer) })
    }

    /// Writes what was asked ahead, about all rows with an address, into `out`, a column of these `fields`. False, and nothing written, where not all was.
    pub(crate) fn write_ahead(&mut self, has_address: impl Iterator<Item = bool>, fields: &[Field], out: &mut Column) -> bool {
        let Self { lease, network: networks, ahead, .. } = self;
        let mut ahead = ahead.iter();
        if ahead.len() == 0 {
            return false;
        }
        let rows: Vec<_> = has_address.map(|has_address| if has_address { ahead.next() } else { None }).collect();
        for group in rows.chunks(GROUP) {
            lease.fetch(group.iter().filter_map(|row| row.and_then(|(_, answer)| *answer)));
            networks.clear();
            let mut ends = [0; GROUP];
            for (row, end) in group.iter().zip(&mut ends) {
                if let Some((Some(address), Some(answer))) = row
                    && answer.has_place()
                {
                    address::write_network(*address, answer.network, networks);
                }
                *end = networks.len();
            }
            let mut start = 0;
            let said = group.iter().zip(ends).map(|(row, end)| {
                let network = networks.get(std::mem::replace(&mut start, end)..end).unwrap_or("");
                let (address, answer) = (*row)?;
                Some(match (address, answer) {
                    (Some(address), Some(answer)) => match lease.placed(*answer) {
                        None => Said::nothing(status_of_none(*address, *answer)),
                        place => Said { place, network, status: status_of_some(*answer) },
                    },
                    _ => Said::nothing(BAD_ADDRESS),
                })
            });
            write(&said.collect::<Vec<_>>(), fields, out);
        }
        true
    }
}

const BAD_ADDRESS: &str = "bad_address";

fn status_of_some(answer: Answer) -> &'static str {
    if answer.is_damaged { "damaged" } else { "ok" }
}

/// A database of one's own networks may know private addresses, so their kind is the answer only where no database has one.
fn status_of_none(address: IpAddr, answer: Answer) -> &'static str {
    match address_kind(address) {
        _ if answer.is_damaged => "damaged",
        AddressKind::Public => "not_found",
        kind => kind.name(),
    }
}
