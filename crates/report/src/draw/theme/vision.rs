//! How far apart two colours look, also to those who do not tell red from green or blue from yellow.

use super::Colour;

/// A way of seeing colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vision {
    /// As most people do.
    Usual,
    /// Without red cones.
    Protanopia,
    /// Without green cones.
    Deuteranopia,
    /// Without blue cones.
    Tritanopia,
}

impl Vision {
    pub(crate) const ALL: [Vision; 4] = [
        Vision::Usual,
        Vision::Protanopia,
        Vision::Deuteranopia,
        Vision::Tritanopia,
    ];

    /// What becomes of red, green and blue light.
    /// Source: Machado, Oliveira and Fernandes 2009, severity 1.
    fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Vision::Usual => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Vision::Protanopia => [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
            Vision::Deuteranopia => [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
            Vision::Tritanopia => [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
        }
    }

    /// How far apart two colours look: 1 is just seen side by side, 10 at a glance.
    /// Source: CIEDE2000, by Sharma, Wu and Dalal 2005.
    pub(crate) fn distance(self, a: Colour, b: Colour) -> f64 {
        ciede2000(self.seen(a), self.seen(b))
    }

    /// A colour as lightness and two opponents (CIE L*a*b*, white D65), the way it is seen.
    fn seen(self, colour: Colour) -> [f64; 3] {
        let light = [colour.0, colour.1, colour.2].map(super::linear);
        let times = |row: [f64; 3]| {
            row.iter()
                .zip(&light)
                .map(|(k, part)| k * part)
                .sum::<f64>()
                .clamp(0.0, 1.0)
        };
        lab(self.matrix().map(times))
    }
}

fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let shape = |t: f64| {
        if t > 216.0 / 24389.0 {
            libm::cbrt(t)
        } else {
            (24389.0 / 27.0 * t + 16.0) / 116.0
        }
    };
    let x = shape((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    let y = shape(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    let z = shape((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let seventh = |value: f64| {
        let power = libm::pow(value, 7.0);
        libm::sqrt(power / (power + libm::pow(25.0, 7.0)))
    };
    let grey = 0.5 * (1.0 - seventh((libm::hypot(a1, b1) + libm::hypot(a2, b2)) / 2.0));
    let (a1, a2) = (a1 * (1.0 + grey), a2 * (1.0 + grey));
    let (c1, c2) = (libm::hypot(a1, b1), libm::hypot(a2, b2));
    let hue = |a: f64, b: f64| {
        let degrees = libm::atan2(b, a).to_degrees();
        if degrees < 0.0 { degrees + 360.0 } else { degrees }
    };
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let coloured = c1 * c2 != 0.0;
    let mut turn = h2 - h1;
    if turn > 180.0 {
        turn -= 360.0;
    } else if turn < -180.0 {
        turn += 360.0;
    }
    let turn = if coloured { turn } else { 0.0 };
    let sine = |degrees: f64| libm::sin(degrees.to_radians());
    let cosine = |degrees: f64| libm::cos(degrees.to_radians());
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh = 2.0 * libm::sqrt(c1 * c2) * sine(turn / 2.0);
    let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
    let h = match (h1 + h2, (h1 - h2).abs() > 180.0) {
        (sum, _) if !coloured => sum,
        (sum, false) => sum / 2.0,
        (sum, true) if sum < 360.0 => (sum + 360.0) / 2.0,
        (sum, true) => (sum - 360.0) / 2.0,
    };
    let t = 1.0 - 0.17 * cosine(h - 30.0) + 0.24 * cosine(2.0 * h) + 0.32 * cosine(3.0 * h + 6.0)
        - 0.20 * cosine(4.0 * h - 63.0);
    let off = (l - 50.0) * (l - 50.0);
    let sl = 1.0 + 0.015 * off / libm::sqrt(20.0 + off);
    let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
    let bend = (h - 275.0) / 25.0;
    let rotation = -2.0 * seventh(c) * sine(60.0 * libm::exp(-bend * bend));
    let (dl, dc, dh) = (dl / sl, dc / sc, dh / sh);
    libm::sqrt(dl * dl + dc * dc + dh * dh + rotation * dc * dh)
}

#[cfg(test)]
mod tests {
    use super::{Vision, ciede2000};
    use crate::draw::theme::Colour;

    #[test]
    fn distances_are_those_of_the_published_test_data() {
        // Sharma, Wu and Dalal 2005, table 1: pairs 1, 4, 7, 10, 17, 25, 31 and 34.
        for (a, b, expected) in [
            ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
            ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0000),
            ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
            ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0010], 7.1792),
            ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
            ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
            ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
            ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
        ] {
            let found = ciede2000(a, b);
            assert!(
                (found - expected).abs() < 5e-5,
                "{a:?} {b:?}: {found}, expected {expected}"
            );
            assert!((ciede2000(b, a) - expected).abs() < 5e-5);
        }
    }

    #[test]
    fn red_and_green_that_most_tell_apart_some_do_not() {
        let (red, green) = (Colour(0xA5, 0x4A, 0x3C), Colour(0x6B, 0x6B, 0x2E));
        assert!(Vision::Usual.distance(red, green) > 25.0);
        assert!(Vision::Deuteranopia.distance(red, green) < 12.0);
        let (white, black) = (Colour(255, 255, 255), Colour(0, 0, 0));
        for vision in Vision::ALL {
            assert!((vision.distance(white, black) - 100.0).abs() < 0.1, "{vision:?}");
        }
    }
}
