//! The whole stage: from organisations, answers and levels to everything that is estimated.

use crate::change::{Waves, changes};
use crate::clusters::{Shown, beside, clusters, margins, moves, profiles};
use crate::disclosure::{self, Guarded, Withheld};
use crate::sample::{Sample, samples};
use crate::score::scores;
use crate::variable::variables;
use crate::{Error, attention, bands, choices, comparisons, estimates, publication, representation, types, validation};
use nulmeting_counts::Tally;
use nulmeting_study::tables::{Level, Organisation, Succession};
use nulmeting_study::{Analysed, Bundle, Framework, Study};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Analyses every wave.
///
/// Shape: of `tally`, the counted answers, only the questions beside the norms are read; `levels` holds the rest.
/// Missing: a wave in which nobody of the register answered has no estimates.
/// Errors: a design that cannot be estimated from, with the wave and the stratum or margin.
pub fn analyze(
    study: &Study,
    frameworks: &BTreeMap<String, Framework>,
    organisations: &[Organisation],
    tally: &Tally,
    levels: &[Level],
    history: &[Succession],
) -> Result<Analysed, Error> {
    let scores = scores(study, frameworks, levels);
    let mut analysed = Analysed {
        bands: bands::bands(study, frameworks, organisations, &scores, levels),
        scores,
        representation: representation::represented(organisations),
        ..Analysed::default()
    };
    let (mut waves, mut shown, mut withheld) = (Waves::default(), BTreeMap::new(), Withheld::default());
    let known: Vec<(String, Sample, &Framework)> = samples(study, organisations)?
        .into_iter()
        .filter_map(|(wave, sample)| frameworks.get(&wave).map(|framework| (wave, sample, framework)))
        .collect();
    // Waves know nothing of each other until they are compared: side by side, put together in their order.
    let each: Vec<_> = known
        .par_iter()
        .map(|(_, sample, framework)| {
            let mut own = Analysed::default();
            let found = one_wave(study, framework, organisations, sample, tally, levels, &mut own);
            found.map(|found| (own, found))
        })
        .collect();
    for ((wave, sample, _), found) in known.into_iter().zip(each) {
        let (own, (classified, place, closed)) = found?;
        analysed.extend(own);
        shown.extend(place.map(|place| (wave.clone(), place)));
        withheld.extend(closed);
        waves.classified.insert(wave.clone(), classified);
        waves.samples.insert(wave, sample);
    }
    representation::decided(&mut analysed.representation, &withheld);
    let moving = changes(study, frameworks, organisations, levels, history, &waves);
    // What is told of those in both waves is held against what each wave tells by itself.
    let closed: Vec<Withheld> = moving
        .par_iter()
        .map(|pair| disclosure::decide(&study.disclosure, &pair.evidence, &[], &withheld))
        .collect();
    for (pair, closed) in moving.into_iter().zip(closed) {
        let mut both = withheld.clone();
        both.extend(closed);
        analysed.changes.extend(disclosure::moved(pair.rows, &both));
    }
    let moves = moves(
        study,
        frameworks,
        organisations,
        &analysed.types,
        &shown,
        &mut analysed.clusters,
    );
    let margins = margins(&moves);
    let counts = evidence(&moves).chain(&margins);
    let closed = disclosure::decide(&study.disclosure, counts, &[], &Withheld::default());
    analysed.moves = disclosure::release(moves, &closed);
    analysed.precision = publication::precision(study, organisations, &analysed.types);
    Ok(analysed)
}

fn one_wave(
    study: &Study,
    framework: &Framework,
    organisations: &[Organisation],
    sample: &Sample,
    tally: &Tally,
    levels: &[Level],
    analysed: &mut Analysed,
) -> Result<(Vec<types::Classified>, Option<Shown>, Withheld), Error> {
    let seed = |step: &str| step_seed(study.study.seed, &sample.wave, step);
    let classified = types::classify(study, framework, sample, levels, seed("type certainty"));
    let variables = variables(study, framework, sample, levels, &classified);
    // Types by the data and estimates know nothing of each other: side by side, in whatever order they end.
    let (divided, (validated, estimates, choices, attention)) = rayon::join(
        || clusters(study, framework, sample, levels, &classified, seed("clusters")),
        || {
            (
                validation::validated(framework, &sample.wave, levels),
                estimates::estimates(study, framework, sample, &variables),
                choices::choices(study, framework, sample, tally),
                attention::attention(study, framework, sample, &variables, levels, seed("rank")),
            )
        },
    );
    let validated = validated?;
    analysed
        .types
        .extend(types::rows(framework, sample, &classified, divided.shown.as_ref()));
    let profiles = profiles(
        study,
        framework,
        sample,
        &variables,
        tally,
        &classified,
        divided.shown.as_ref(),
    );
    analysed.clusters.extend(divided.clusters);
    analysed.divisions.extend(divided.divisions);
    analysed.typology.extend(divided.typology);
    analysed.type_agreement.extend(divided.agreement);
    analysed.joinings.extend(divided.joinings);
    let unsaid = beside(
        study,
        framework,
        sample,
        &variables,
        &classified,
        divided.shown.as_ref(),
    );
    let responses = representation::evidence(&study.disclosure, &sample.wave, organisations);
    // Whatever is published of a wave is decided on together: what one table withholds another must not tell.
    let evidence = evidence(&estimates)
        .chain(evidence(&choices))
        .chain(evidence(&attention))
        .chain(evidence(&profiles))
        .chain(evidence(&validated))
        .chain(&unsaid)
        .chain(&responses);
    let relations = disclosure::relations(study, framework);
    let withheld = disclosure::decide(&study.disclosure, evidence, &relations, &Withheld::default());
    let compared = comparisons::comparisons(study, framework, sample, &variables, &withheld);
    analysed.comparisons.extend(compared);
    analysed
        .estimates
        .extend(comparisons::adjusted(disclosure::release(estimates, &withheld)));
    analysed.choices.extend(disclosure::release(choices, &withheld));
    analysed.type_profiles.extend(disclosure::release(profiles, &withheld));
    analysed.validation.extend(disclosure::release(validated, &withheld));
    analysed
        .attention
        .extend(attention::ranked(disclosure::release(attention, &withheld)));
    Ok((classified, divided.shown, withheld))
}

fn evidence<R>(rows: &[Guarded<R>]) -> impl Iterator<Item = &disclosure::Evidence> {
    rows.iter().filter_map(Guarded::evidence)
}

/// The seed of a step: adding a step changes no other step's numbers.
///
/// Method: FNV-1a over the study's seed, the wave and the step's name.
fn step_seed(seed: u64, wave: &str, step: &str) -> u64 {
    let name = [&seed.to_le_bytes()[..], wave.as_bytes(), b"/", step.as_bytes()].concat();
    name.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::step_seed;

    #[test]
    fn the_seed_of_a_step_depends_on_its_own_name_and_on_nothing_else() {
        // Written down once: a step that is added, renamed or moved changes the seed of no other.
        // Python 3: h = 0xcbf29ce484222325, then h = (h ^ b) * 0x100000001b3 mod 2^64 over the bytes.
        assert_eq!(step_seed(20_230_911, "2024", "type certainty"), 0xc5d6_8f40_262e_0e31);
        assert_eq!(step_seed(20_230_911, "2024", "rank"), 0x76c1_71d6_a578_831e);
        assert_ne!(
            step_seed(20_230_911, "2023", "rank"),
            step_seed(20_230_911, "2024", "rank")
        );
        assert_ne!(step_seed(1, "2024", "rank"), step_seed(2, "2024", "rank"));
    }
}
