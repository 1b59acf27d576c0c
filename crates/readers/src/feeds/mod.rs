//! Feeds of threat intelligence, whatever their format, as indicators in one form.

mod columns;
mod csv;
mod entries;
mod indicator;
mod json;
mod misp;
mod openioc;
mod plan;
mod stix;
mod ti_feed;
mod txt;
mod value;
mod whole;

pub use indicator::{Indicator, Severity};
pub use stix::{Compared, comparisons};
pub(crate) use ti_feed::TiFeed;

use crate::format::LogFormat;
use crate::sniff::{binary, describe};
use crate::{Control, Error, FileEntry, Found, Place, Result};
use huntsql_kernels::options::{Value, parse};
use std::sync::Arc;
use ti_feed::{TiFeedOptions, each_indicator};

/// Hands every indicator of `files` to `each`; `options` are those of `ti_feed`.
pub fn decode(files: Vec<Found>, options: &Value, control: &Control, each: &mut dyn FnMut(Indicator) -> Result<()>) -> Result<()> {
    let options: TiFeedOptions = parse("ti_feed", options)?;
    let mut sources = Vec::with_capacity(files.len());
    for (entry, place) in files {
        let described = describe(&entry, place, <TiFeed as LogFormat>::encoding(&options))?;
        match binary(&described.start).filter(|_| described.source.encoding == encoding_rs::UTF_8) {
            Some(what) if entry.found => control.warnings.add(format!("left out '{}': it is {what}", entry.name)),
            Some(what) => return Err(Error::unreadable(&entry.name, format!("it is {what}, not a feed"))),
            None => sources.push(Arc::new(described.source)),
        }
    }
    each_indicator(&options, &sources, control, each)
}

/// The indicator that all of `text` is; `None` where it is none of a known type.
pub fn read_one(text: &str) -> Option<Indicator> {
    let normal = value::normalise(text, &value::Said::Any)?;
    Some(Indicator { ioc: Some(normal.ioc), ioc_type: Some(normal.ioc_type), raw: normal.raw, ..Indicator::default() })
}

/// As [`decode`], of bytes that were got from elsewhere and are called `name`.
pub fn decode_bytes(
    name: &str,
    bytes: impl Into<bytes::Bytes>,
    options: &Value,
    control: &Control,
    each: &mut dyn FnMut(Indicator) -> Result<()>,
) -> Result<()> {
    let bytes = bytes.into();
    let entry = FileEntry { name: name.to_owned(), path: name.into(), size: bytes.len() as u64, modified: None, found: false };
    decode(vec![(entry, Place::Memory(bytes))], options, control, each)
}
