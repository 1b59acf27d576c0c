//! Places from latitudes and longitudes.

use std::collections::HashMap;

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::palette::Palette;
use super::words::{grouped, rows_are, rows_have};
use super::{NULL, Prepared, STRIDE, TextColumn, number, time, widen};
use crate::model::{Label, Map, Place, Source};

/// What a map is made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct MapRows<'a> {
    /// Degrees north.
    pub latitude: &'a [f64],
    /// Degrees east.
    pub longitude: &'a [f64],
    /// What is there.
    pub label: Option<TextColumn<'a>>,
    /// What is added up.
    pub value: Option<&'a [f64]>,
    /// What colours the places.
    pub color: Option<TextColumn<'a>>,
    /// When it was there.
    pub time: Option<&'a [i64]>,
}

/// How a map is made.
#[derive(Debug, Clone)]
pub struct MapSettings {
    /// What the labels are.
    pub label: Option<Source>,
    /// What the values are.
    pub value: Option<Source>,
    /// What the colours are.
    pub color: Option<Source>,
    /// Where the times come from.
    pub time: Option<Source>,
    /// Places at most.
    pub most_places: usize,
}

impl Default for MapSettings {
    fn default() -> Self {
        Self { label: None, value: None, color: None, time: None, most_places: 20_000 }
    }
}

/// Thousandths of a degree, about a hundred metres: finer than any look-up of addresses.
const STEPS: f64 = 1000.0;

/// The label of rows without one.
fn none() -> Label {
    Label { shown: crate::label::NULL.to_owned(), raw: None }
}

/// Rows at one place with one label and one colour become one [`Place`].
pub fn map(rows: &MapRows<'_>, settings: &MapSettings, interrupt: &Interrupt) -> Result<Prepared<Map>, Interrupted> {
    let count = rows.latitude.len().min(rows.longitude.len());
    let placed = |row: usize| -> Option<(i32, i32)> {
        let (latitude, longitude) = (number(rows.latitude, row)?, number(rows.longitude, row)?);
        let within = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        #[expect(clippy::cast_possible_truncation, reason = "at most 180,000")]
        within.then(|| ((latitude * STEPS).round() as i32, (longitude * STEPS).round() as i32))
    };
    let palette = rows.color.as_ref().map(|column| Palette::new(column, (0..count).filter(|&row| placed(row).is_some())));

    let mut index: HashMap<(i32, i32, u32, Option<u8>), usize> = HashMap::new();
    let mut places: Vec<Place> = Vec::new();
    let mut lost = 0;
    for row in 0..count {
        if row % STRIDE == 0 {
            interrupt.check()?;
        }
        let Some((latitude, longitude)) = placed(row) else {
            lost += 1;
            continue;
        };
        let code = rows.label.as_ref().and_then(|column| column.code(row));
        let color = palette.as_ref().and_then(|palette| palette.color(rows.color.as_ref().and_then(|column| column.code(row))));
        let at = *index.entry((latitude, longitude, code.unwrap_or(NULL), color)).or_insert_with(|| {
            places.push(Place {
                latitude: f64::from(latitude) / STEPS,
                longitude: f64::from(longitude) / STEPS,
                label: rows.label.map(|column| code.map_or_else(none, |code| column.label(code))).unwrap_or_default(),
                rows: 0,
                value: None,
                color,
                seen: None,
            });
            places.len() - 1
        });
        if let Some(place) = places.get_mut(at) {
            place.rows += 1;
            if let Some(value) = rows.value.and_then(|values| number(values, row)) {
                place.value = Some(place.value.unwrap_or(0.0) + value);
            }
            place.seen = widen(place.seen, time(rows.time, row));
        }
    }

    places.sort_by(|a, b| {
        b.rows
            .cmp(&a.rows)
            .then_with(|| a.label.shown.cmp(&b.label.shown))
            .then_with(|| a.latitude.total_cmp(&b.latitude))
            .then_with(|| a.longitude.total_cmp(&b.longitude))
            .then_with(|| a.color.cmp(&b.color))
    });
    let mut warnings = Vec::new();
    let mut rows_drawn = count - lost;
    if lost > 0 {
        warnings.push(format!("{} no place on the map: latitude or longitude is missing or out of range", rows_have(lost)));
    }
    if places.len() > settings.most_places {
        let all = places.len();
        let cut: u64 = places.iter().skip(settings.most_places).map(|place| place.rows).sum();
        let cut = usize::try_from(cut).unwrap_or(usize::MAX);
        places.truncate(settings.most_places);
        rows_drawn = rows_drawn.saturating_sub(cut);
        warnings.push(format!(
            "the map shows the {} places with most rows of {}; {} not in it",
            grouped(settings.most_places),
            grouped(all),
            rows_are(cut)
        ));
    }
    let name = settings.color.as_ref().map_or("the colour", |source| source.name.as_str());
    warnings.extend(palette.as_ref().and_then(|palette| palette.warning(name)));
    let body = Map {
        places,
        label_source: settings.label.clone(),
        value_source: settings.value.clone(),
        colors: palette.map(|palette| palette.labels).unwrap_or_default(),
        color_source: settings.color.clone(),
        time_source: settings.time.clone(),
    };
    Ok(Prepared { body, warnings, rows_drawn })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::NO_TIME;

    fn labels(texts: &[&str]) -> Vec<Label> {
        std::iter::once("").chain(texts.iter().copied()).map(|text| Label { shown: text.into(), raw: None }).collect()
    }

    #[test]
    fn rows_of_a_place_are_one_and_what_has_no_place_is_counted() {
        let names = labels(&["a", "b"]);
        let label = TextColumn { codes: &[1, 1, 2, 1, 0, 1, 1], labels: &names };
        let rows = MapRows {
            latitude: &[52.5, 52.500_01, 52.5, f64::NAN, 10.0, 91.0, 10.0],
            longitude: &[13.4, 13.4, 13.4, 1.0, 20.0, 0.0, -180.5],
            label: Some(label),
            value: Some(&[1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0, 7.0]),
            time: Some(&[30, 10, NO_TIME, 1, 2, 3, 4]),
            ..MapRows::default()
        };
        let made = map(&rows, &MapSettings::default(), &Interrupt::default()).expect("not interrupted");
        assert_eq!(made.rows_drawn, 4);
        assert_eq!(made.warnings, ["3 rows have no place on the map: latitude or longitude is missing or out of range"]);
        let first = &made.body.places[0];
        assert_eq!((first.rows, first.label.shown.as_str(), first.value, first.seen), (2, "a", Some(3.0), Some((10, 30))));
        assert_eq!((first.latitude, first.longitude), (52.5, 13.4));
        assert_eq!(made.body.places[1].label.shown, "NULL");
        assert_eq!(made.body.places[2].value, None);
        assert_eq!(made.body.places[2].seen, None);
    }

    #[test]
    fn the_cap_keeps_the_places_with_most_rows_and_says_so() {
        let latitude: Vec<f64> = (0..30).map(|row| if row < 20 { f64::from(row) } else { 3.0 }).collect();
        let longitude = vec![0.0; 30];
        let rows = MapRows { latitude: &latitude, longitude: &longitude, ..MapRows::default() };
        let settings = MapSettings { most_places: 5, ..MapSettings::default() };
        let made = map(&rows, &settings, &Interrupt::default()).expect("not interrupted");
        assert_eq!(made.body.places.len(), 5);
        assert_eq!(made.body.places[0].rows, 11);
        assert_eq!(made.rows_drawn, 15);
        assert_eq!(made.warnings, ["the map shows the 5 places with most rows of 20; 15 rows are not in it"]);
    }

    #[test]
    fn colours_divide_a_place() {
        let colors = labels(&["allow", "deny"]);
        let rows = MapRows {
            latitude: &[1.0; 3],
            longitude: &[2.0; 3],
            color: Some(TextColumn { codes: &[2, 1, 2], labels: &colors }),
            ..MapRows::default()
        };
        let made = map(&rows, &MapSettings::default(), &Interrupt::default()).expect("not interrupted");
        assert_eq!(made.body.colors.iter().map(|label| label.shown.as_str()).collect::<Vec<_>>(), ["deny", "allow"]);
        assert_eq!(made.body.places.iter().map(|place| (place.color, place.rows)).collect::<Vec<_>>(), [(Some(0), 2), (Some(1), 1)]);
    }

    #[test]
    fn nobody_waits() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let rows = MapRows { latitude: &[1.0], longitude: &[1.0], ..MapRows::default() };
        assert!(map(&rows, &MapSettings::default(), &interrupt).is_err());
    }
}
