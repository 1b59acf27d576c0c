//! What a file of a feed is, by its first bytes.

use super::csv::CsvPlan;
use super::ti_feed::TiFeedOptions;
use super::txt;
use super::value::Said;
use crate::format::Control;
use crate::json::looks_like_json;
use crate::sniff::{HEAD, extension};
use crate::{Error, Result, Source};
use std::io::Read;

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    Csv(CsvPlan),
    /// Whether each line is an indicator.
    Txt(bool),
    Stix,
    Misp,
    OpenIoc,
    /// No indicators are in it.
    Nothing,
}

impl Plan {
    /// By the first bytes of a file.
    pub(super) fn of(source: &Source, options: &TiFeedOptions, control: &Control) -> Result<Self> {
        let mut start = Vec::new();
        let reader = source.open_text(0, true, &control.tally)?;
        reader.take(HEAD).read_to_end(&mut start).map_err(|error| source.unreadable(&error))?;
        let head = String::from_utf8_lossy(&start);
        let unreadable = |problem: String| Error::unreadable(&source.name, problem);
        let csv = |must: bool| CsvPlan::of(&head, options, must).map_err(unreadable);
        Ok(match options.format.as_str() {
            "csv" => csv(true)?.map_or(Self::Nothing, Self::Csv),
            "txt" => Self::Txt(options.said != Said::Any || txt::is_list(&head, &options.said)),
            "stix" => Self::Stix,
            "misp" => Self::Misp,
            "openioc" => Self::OpenIoc,
            _ => {
                let text = head.trim_start_matches('\u{feff}').trim_start();
                if text.starts_with('<') {
                    xml(text).map_err(|problem| unreadable(problem.to_owned()))?
                } else if looks_like_json(text) {
                    json(text).map_err(|problem| unreadable(problem.to_owned()))?
                } else {
                    let is_called_csv = matches!(extension(&source.name).as_str(), "csv" | "tsv");
                    let is_list = || options.said != Said::Any || txt::is_list(&head, &options.said);
                    match csv(options.ioc_column.is_some() || options.delimiter.is_some())? {
                        Some(plan) => Self::Csv(plan),
                        None if is_called_csv && !is_list() => csv(true)?.map_or(Self::Nothing, Self::Csv),
                        None => Self::Txt(is_list()),
                    }
                }
            }
        })
    }
}

fn xml(head: &str) -> std::result::Result<Plan, &'static str> {
    let lower = head.to_ascii_lowercase();
    if lower.contains("<ioc") || lower.contains("openioc") {
        Ok(Plan::OpenIoc)
    } else if lower.contains("<html") {
        Err("it is an HTML page, not a feed; was the download refused?")
    } else if lower.contains("stix.mitre.org") {
        Err("it is STIX 1 in XML; STIX 2 bundles are read")
    } else {
        Err("it is XML, but no OpenIOC; name the format, such as format => 'txt' for whatever indicators it holds")
    }
}

fn json(head: &str) -> std::result::Result<Plan, &'static str> {
    let has = |words: &[&str]| words.iter().any(|word| head.contains(word));
    if has(&["\"spec_version\"", "\"bundle\"", "\"objects\"", "\"indicator--", "\"pattern\""]) {
        Ok(Plan::Stix)
    } else if has(&["\"Event\"", "\"Attribute\"", "\"Orgc\"", "\"matching_attributes\"", "\"response\"", "\"list\""]) {
        Ok(Plan::Misp)
    } else {
        Err("it is JSON, but neither STIX nor MISP; read_json reads it, or format => 'txt' whatever indicators it holds")
    }
}
