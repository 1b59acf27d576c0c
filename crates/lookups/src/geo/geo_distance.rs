//! `geo_distance(latitude1, longitude1, latitude2, longitude2)`: kilometres between two places.

use huntsql_kernels::prelude::*;

/// Kernel of `geo_distance`.
pub struct GeoDistance;

impl ScalarKernel for GeoDistance {
    const SPEC: Spec = Spec {
        name: "geo_distance",
        family: Family::Context,
        summary: "Gives the distance between two places in kilometres.",
        details: "\
The way over a sphere with a radius of 6,371 km (haversine formula), which is at most 0.6 % off the way over the Earth. Coordinates are degrees, north and east positive. NULL where
one is NULL or impossible: a latitude beyond 90 or a longitude beyond 180 degrees.",
        args: &[
            Arg { name: "latitude1", doc: "Latitude of the first place." },
            Arg { name: "longitude1", doc: "Its longitude." },
            Arg { name: "latitude2", doc: "Latitude of the second place." },
            Arg { name: "longitude2", doc: "Its longitude." },
        ],
        examples: &[Example {
            sql: "SELECT round(geo_distance(48.1372, 11.5756, 52.5186, 13.4083), 1) AS munich_berlin, geo_distance(91, 0, 0, 0) AS impossible",
            result: "504.2 | NULL",
        }],
    };
    type Args<'a> = (f64, f64, f64, f64);
    type Options = NoOptions;
    type Out<'a> = f64;
    type Scratch = ();

    fn eval<'a>(
        _: &'a mut (),
        _: &'a NoOptions,
        (latitude1, longitude1, latitude2, longitude2): (f64, f64, f64, f64),
    ) -> KernelResult<f64> {
        Ok(geo_distance((latitude1, longitude1), (latitude2, longitude2)))
    }
}

/// Radius of the Earth in km: its mean (IUGG), which MSTICPy takes, too.
const RADIUS_KM: f64 = 6371.0;

/// Kilometres from one latitude and longitude to another, in degrees; `None` where one is impossible.
pub fn geo_distance(from: (f64, f64), to: (f64, f64)) -> Option<f64> {
    let is_place = |(latitude, longitude): (f64, f64)| (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    if !is_place(from) || !is_place(to) {
        return None;
    }
    let half_sine_squared = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let along = half_sine_squared(to.0 - from.0);
    let across = from.0.to_radians().cos() * to.0.to_radians().cos() * half_sine_squared(to.1 - from.1);
    // Rounding can make it a little more than 1 between antipodes.
    Some(2.0 * RADIUS_KM * (along + across).min(1.0).sqrt().asin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_distances() {
        let half = RADIUS_KM * std::f64::consts::PI;
        for (from, to, expected) in [
            ((48.1372, 11.5756), (52.5186, 13.4083), Some(504.2)),
            ((0.0, 0.0), (0.0, 0.0), Some(0.0)),
            ((0.0, 179.5), (0.0, -179.5), Some(111.2)),
            ((90.0, 10.0), (90.0, -170.0), Some(0.0)),
            ((90.0, 0.0), (-90.0, 0.0), Some(half)),
            ((0.0, 0.0), (0.0, 180.0), Some(half)),
            ((90.1, 0.0), (0.0, 0.0), None),
            ((0.0, 0.0), (0.0, -180.1), None),
            ((f64::NAN, 0.0), (0.0, 0.0), None),
            ((0.0, 0.0), (0.0, f64::INFINITY), None),
        ] {
            let distance = geo_distance(from, to);
            assert_eq!(distance.map(|km| (km * 10.0).round()), expected.map(|km: f64| (km * 10.0).round()), "{from:?} {to:?}");
        }
    }

    proptest! {
        #[test]
        fn is_a_distance(a in -90.0..=90.0, b in -180.0..=180.0, c in -90.0..=90.0, d in -180.0..=180.0) {
            let there = geo_distance((a, b), (c, d)).unwrap();
            let back = geo_distance((c, d), (a, b)).unwrap();
            prop_assert!((there - back).abs() < 1e-6 && (0.0..=RADIUS_KM * std::f64::consts::PI + 1e-6).contains(&there));
        }
    }
}
