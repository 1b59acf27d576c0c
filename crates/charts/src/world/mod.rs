//! The land of the world and the borders on it: Natural Earth 1:110m, written by web/world.mjs. Credits: NOTICE.md beside this file.

/// Format: web/world.mjs.
static WORLD: &[u8] = include_bytes!("world.bin");

/// Steps of the data in a degree.
const STEPS: f64 = 100.0;

/// Longitude and latitude in hundredths of a degree.
type Steps = (i32, i32);

/// Rings of land: longitude and latitude in degrees, from -180 to 180, not closed. A ring that turns left encloses land; one that turns right is a hole
/// in the ring before it, so that both rules of filling give the same picture.
pub fn land() -> Vec<Vec<(f64, f64)>> {
    degrees(read().0)
}

/// Lines between countries: longitude and latitude in degrees.
pub fn borders() -> Vec<Vec<(f64, f64)>> {
    degrees(read().1)
}

/// The block `world` of a page, before compression: JSON, see FORMAT.md.
pub fn block() -> String {
    let (land, borders) = read();
    format!("{{\"land\":{},\"borders\":{}}}", json(&land), json(&borders))
}

fn json(lists: &[Vec<Steps>]) -> String {
    let lists = lists.iter().map(|points| {
        let mut before = (0, 0);
        let points = points.iter().map(|&point| {
            let said = format!("[{},{}]", point.0 - before.0, point.1 - before.1);
            before = point;
            said
        });
        format!("[{}]", points.collect::<Vec<_>>().join(","))
    });
    format!("[{}]", lists.collect::<Vec<_>>().join(","))
}

fn degrees(lists: Vec<Vec<Steps>>) -> Vec<Vec<(f64, f64)>> {
    lists.into_iter().map(|points| points.into_iter().map(|(x, y)| (f64::from(x) / STEPS, f64::from(y) / STEPS)).collect()).collect()
}

fn read() -> (Vec<Vec<Steps>>, Vec<Vec<Steps>>) {
    let mut bytes = WORLD.iter().copied();
    (lists(&mut bytes), lists(&mut bytes))
}

fn lists(bytes: &mut impl Iterator<Item = u8>) -> Vec<Vec<Steps>> {
    (0..varint(bytes))
        .map(|_| {
            let mut at = (0, 0);
            (0..varint(bytes))
                .map(|_| {
                    at = (at.0 + zigzag(bytes), at.1 + zigzag(bytes));
                    at
                })
                .collect()
        })
        .collect()
}

fn varint(bytes: &mut impl Iterator<Item = u8>) -> u32 {
    let (mut value, mut shift) = (0_u32, 0);
    for byte in bytes {
        value |= u32::from(byte & 0x7f).wrapping_shl(shift);
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

fn zigzag(bytes: &mut impl Iterator<Item = u8>) -> i32 {
    let value = varint(bytes);
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a point is on land: how many edges a ray to the east crosses.
    fn on_land(longitude: f64, latitude: f64) -> bool {
        let crosses = |((x1, y1), (x2, y2)): ((f64, f64), (f64, f64))| {
            (y1 > latitude) != (y2 > latitude) && longitude < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1)
        };
        let edges =
            |ring: &Vec<(f64, f64)>| ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)).filter(|&edge| crosses(edge)).count();
        land().iter().map(edges).sum::<usize>() % 2 == 1
    }

    #[test]
    fn land_is_where_it_is() {
        for (name, longitude, latitude, expected) in [
            ("Berlin", 13.4, 52.5, true),
            ("Moscow", 37.6, 55.75, true),
            ("Chukotka, east of the date line", -175.0, 66.5, true),
            ("Chukotka, west of it", 178.0, 66.5, true),
            ("South pole", 100.0, -89.0, true),
            ("Antarctica at the date line", 179.5, -85.0, true),
            ("Caspian Sea", 51.0, 42.0, false),
            ("Atlantic", -30.0, 30.0, false),
            ("Pacific at the date line", 179.9, 0.0, false),
            ("Arctic, where streaks through Russia were", 0.0, 85.0, false),
            ("Southern Ocean", 0.0, -60.0, false),
        ] {
            assert_eq!(on_land(longitude, latitude), expected, "{name}");
        }
    }

    #[test]
    fn nothing_streaks_across_the_world() {
        for ring in land() {
            for ((x1, y1), (x2, y2)) in ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)) {
                assert!(x1.abs() <= 180.0 && y1.abs() <= 90.0);
                // The lower edge of Antarctica is the lower edge of the world.
                let lower_edge = y1 <= -89.9 && y2 <= -89.9;
                assert!((x1 - x2).abs() < 30.0 || lower_edge, "{x1} {y1} to {x2} {y2}");
            }
        }
        let borders = borders();
        assert!(borders.len() > 250, "{}", borders.len());
        assert!(borders.iter().flat_map(|line| line.windows(2)).all(|ends| (ends[0].0 - ends[1].0).abs() < 30.0));
    }

    #[test]
    fn all_bytes_are_read() {
        let mut bytes = WORLD.iter().copied();
        lists(&mut bytes);
        lists(&mut bytes);
        assert_eq!(bytes.next(), None);
    }

    #[test]
    fn the_block_has_what_the_lists_have() {
        let block: serde_json::Value = serde_json::from_str(&block()).expect("JSON");
        let land = land();
        assert_eq!(block["land"].as_array().map(Vec::len), Some(land.len()));
        let first = block["land"][0].as_array().expect("a ring");
        let (x, y) = first.iter().fold((0, 0), |at, step| (at.0 + step[0].as_i64().expect("x"), at.1 + step[1].as_i64().expect("y")));
        let last = land[0].last().expect("a point");
        #[expect(clippy::cast_possible_truncation, reason = "at most 18,000")]
        let expected = ((last.0 * STEPS).round() as i64, (last.1 * STEPS).round() as i64);
        assert_eq!((x, y), expected);
    }
}
