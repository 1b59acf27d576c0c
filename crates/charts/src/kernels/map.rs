//! `render_map`: places on the world.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart};
use crate::options::{ChartOptions, NoOwnOptions};
use crate::prepare::{MapRows, MapSettings, TextColumn, map};
use crate::rows::{column, named_column};
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;

const LATITUDE: usize = 0;
const LONGITUDE: usize = 1;
const LABEL: usize = 2;
const VALUE: usize = 3;
const TIME: usize = 4;
const COLOR: usize = 5;

/// `render_map`.
#[derive(Debug)]
pub struct RenderMap;

impl ChartKernel for RenderMap {
    const SPEC: Spec = Spec {
        name: "render_map",
        family: Family::Charts,
        summary: "Draws places on a map of the world that needs no network, gathered where they are close.",
        details: include_str!("map.md"),
        args: &[
            Arg { name: "latitude", doc: "Degrees north; the column of this name, or `lat`." },
            Arg { name: "longitude", doc: "Degrees east; the column of this name, or `lon`." },
            Arg { name: "label", doc: "What is there: an address, a city; one place for each at one position." },
            Arg { name: "value", doc: "A number that is added up; rows are counted as well." },
            Arg { name: "ts", doc: "When: so that other charts of a report can filter this one." },
            Arg { name: "color", doc: "Name of the column that colours the places." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES (48.14, 11.58, '198.51.100.7'), (48.14, 11.58, '198.51.100.7'), (52.52, 13.40, '198.51.100.9')) v(latitude, longitude, ip))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_map(t, label => ip, format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    const ARGS: &'static [ArgType] =
        &[ArgType::Float, ArgType::Float, ArgType::Shown, ArgType::Float, ArgType::TimeOrText, ArgType::Columns];
    const WANTED: &'static [Wanted] = &[
        Wanted { argument: "latitude", names: &["latitude", "lat", "geoip.latitude", "geo.latitude"], required: true },
        Wanted { argument: "longitude", names: &["longitude", "lon", "lng", "geoip.longitude", "geo.longitude"], required: true },
        Wanted { argument: "label", names: &["label", "ip", "city"], required: false },
        Wanted { argument: "value", names: &[], required: false },
        Wanted { argument: "ts", names: &["ts"], required: false },
        Wanted { argument: "color", names: &[], required: false },
    ];
    const SORTS: bool = true;
    type Own = NoOwnOptions;

    fn chart(rows: &Rows, options: &ChartOptions<NoOwnOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let labels = options.labels();
        let given = |arg: usize| options.source(arg).is_some();
        let label = given(LABEL).then(|| column(rows.texts(LABEL), rows.len(), labels));
        let color = named_column(rows, COLOR, options.source(COLOR).as_ref(), labels);
        let columns = MapRows {
            latitude: rows.floats(LATITUDE),
            longitude: rows.floats(LONGITUDE),
            label: label.as_ref().map(TextColumn::from),
            value: given(VALUE).then(|| rows.floats(VALUE)),
            color: color.as_ref().map(TextColumn::from),
            time: given(TIME).then(|| rows.ints(TIME)),
        };
        let settings = MapSettings {
            label: options.source(LABEL),
            value: options.source(VALUE),
            color: options.source(COLOR),
            time: options.source(TIME),
            ..MapSettings::default()
        };
        let made = map(&columns, &settings, interrupt)?;
        let mut chart = framed(&options.common, Body::Map(made.body), rows.len(), made.rows_drawn);
        chart.warnings = made.warnings;
        Ok(chart)
    }
}
