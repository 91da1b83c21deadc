//! How often the right number of types is found, and how often types are claimed where there are none.
//!
//! Run as: cargo run --release -p nulmeting-analyze --example typology_simulation -- [SAMPLES [SEED [N,… [TRUTH]]]]
//! TRUTH is a part of the name of a truth, for one row only. The table in docs/typology.md comes from it.
#![expect(clippy::print_stdout, reason = "the example exists to print its table")]

use nulmeting_typology::number_of_clusters::{Settings, Verdict, choose};
use nulmeting_typology::{Distance, Matrix, adjusted_rand};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Norms per domain, as in the framework: 69 in 15 domains.
const NORMS: [usize; 15] = [5, 4, 4, 5, 4, 5, 4, 5, 4, 6, 6, 4, 5, 4, 4];
/// Which axis a domain is on: policy, practice or neither.
const AXIS: [usize; 15] = [0, 0, 0, 1, 2, 2, 0, 2, 0, 1, 1, 2, 1, 1, 1];

/// What the boards are like.
#[derive(Clone, Copy)]
enum World {
    /// One continuous factor.
    Normal,
    /// One factor, all values as likely.
    Even,
    /// One factor with a long upper tail, most boards near the floor of the scale.
    Skewed,
    /// One factor that drives the domains far apart from each other, with little noise.
    Strong,
    /// One factor and nothing else: all norms of a board lie within one step of each other.
    Exact,
    /// Two continuous factors: policy and practice.
    Two,
    /// This many types, this many levels between in order and not.
    Types(usize, f64),
}

fn name(world: World) -> String {
    match world {
        World::Normal => "none: one factor, normal".into(),
        World::Even => "none: one factor, even".into(),
        World::Skewed => "none: one factor, skewed".into(),
        World::Strong => "none: one strong factor".into(),
        World::Exact => "none: one factor and no other difference".into(),
        World::Two => "none: two factors, normal".into(),
        World::Types(k, d) => format!("{k} types, {d} levels apart"),
    }
}

/// Where a type stands on policy, practice and the rest, in distances between in order and not.
const PLACES: [[f64; 3]; 6] = [
    [0.0, 0.0, 0.0],
    [1.0, 1.0, 1.0],
    [1.0, 0.0, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, 0.0, 1.5],
    [2.0, 2.0, 0.5],
];

struct Chance(ChaCha8Rng);

impl Chance {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }
}

/// Domain means of one sample of boards, and the type of each.
fn sample(world: World, n: usize, chance: &mut Chance) -> (Matrix, Vec<usize>) {
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    for i in 0..n {
        let mut kind = 0;
        let z = chance.normal();
        let place: [f64; 3] = match world {
            World::Normal => [2.2 + 0.5 * z; 3],
            World::Strong => [2.6 + 0.9 * z; 3],
            World::Exact => [1.4 + chance.uniform() + chance.uniform(); 3],
            World::Even => [1.3 + 2.4 * chance.uniform(); 3],
            World::Skewed => [1.1 - 0.6 * libm::log(1.0 - chance.uniform()); 3],
            World::Two => {
                let second = chance.normal();
                [2.4 + 0.6 * z, 2.4 + 0.6 * second, 2.4 + 0.3 * (z + second)]
            }
            World::Types(k, apart) => {
                kind = i % k;
                let general = 1.8 + 0.25 * z;
                PLACES[kind].map(|p| general + apart * p)
            }
        };
        let mut row = Vec::new();
        for (d, &norms) in NORMS.iter().enumerate() {
            let own = place[AXIS[d]] + 0.25 * chance.normal() + 0.1 * (d % 4) as f64;
            let (mut sum, mut answered) = (0.0, 0);
            for _ in 0..norms {
                let level = match world {
                    World::Exact => libm::round(place[0] + chance.uniform() - 0.5),
                    _ => libm::round(own + 0.7 * chance.normal()).clamp(1.0, 5.0),
                };
                // One answer in twenty is missing.
                if chance.uniform() >= 0.05 {
                    sum += level;
                    answered += 1;
                }
            }
            row.push((2 * answered >= norms).then(|| sum / f64::from(answered as u32)));
        }
        rows.push(row);
        truth.push(kind);
    }
    (Matrix::new(&rows).expect("every domain is answered by someone"), truth)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, default: u64| arguments.get(i).map_or(default, |a| a.parse().expect("a whole number"));
    let (samples, seed) = (number(0, 200), number(1, 20_240_601));
    let sizes: Vec<usize> = arguments.get(2).map_or(vec![15, 60, 300, 1_000], |list| {
        list.split(',').map(|n| n.parse().expect("a whole number")).collect()
    });
    let only = arguments.get(3).map_or("", String::as_str);
    let worlds = [
        World::Normal,
        World::Even,
        World::Skewed,
        World::Strong,
        World::Two,
        World::Types(2, 1.0),
        World::Types(3, 1.0),
        World::Types(4, 1.0),
        World::Types(6, 1.0),
        World::Types(2, 1.5),
        World::Types(3, 1.5),
        World::Types(4, 1.5),
        World::Types(6, 1.5),
        World::Exact,
    ];
    println!("| boards | truth | samples | claimed | right number | agreement when right | not stable |");
    println!("|--:|---|--:|--:|--:|--:|--:|");
    for &n in &sizes {
        for (w, &world) in worlds
            .iter()
            .enumerate()
            .filter(|(_, world)| name(**world).contains(only))
        {
            // Large tables take long and vary less; where there are no types, small shares have to be seen.
            let samples = match (n, world) {
                (1_000.., World::Types(..)) => samples.div_ceil(20),
                (1_000.., _) => samples.div_ceil(10),
                (300.., World::Types(..)) => samples.div_ceil(8),
                (300.., _) => samples.div_ceil(2),
                (_, World::Types(..)) => samples.div_ceil(4),
                _ => samples,
            };
            let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
            chance.0.set_stream((n * 100 + w) as u64);
            let (mut claimed, mut right, mut agreement, mut unstable) = (0, 0, 0.0, 0);
            for s in 0..samples {
                let (matrix, truth) = sample(world, n, &mut chance);
                let names: Vec<String> = (0..n).map(|i| format!("{i:05}")).collect();
                let settings = Settings {
                    bootstraps: 40,
                    references: 2,
                    continua: 99,
                    grain: NORMS.map(|norms| 1.0 / (12.0 * norms as f64).sqrt()).to_vec(),
                    seed: s,
                    ..Settings::default()
                };
                let choice =
                    choose(&matrix, &names, &Distance::Manhattan, None, &settings).expect("the sample can be divided");
                match choice.verdict {
                    Verdict::Types(k) => {
                        claimed += 1;
                        if matches!(world, World::Types(t, _) if t == k) {
                            right += 1;
                            let found = &choice.chosen().expect("types were claimed").pam.clustering;
                            agreement += adjusted_rand(found, &truth).expect("as many rows").unwrap_or(0.0);
                        }
                    }
                    Verdict::Unstable => unstable += 1,
                    Verdict::Continuum => {}
                }
            }
            let share = |x: u64| format!("{:.0} %", 100.0 * x as f64 / samples as f64);
            let when_right = if right > 0 {
                format!("{:.2}", agreement / right as f64)
            } else {
                "–".into()
            };
            println!(
                "| {n} | {} | {samples} | {} | {} | {when_right} | {} |",
                name(world),
                share(claimed),
                if matches!(world, World::Types(..)) {
                    share(right)
                } else {
                    "–".into()
                },
                share(unstable),
            );
        }
    }
}
