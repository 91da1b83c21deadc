//! The tables about types: types by rule, clusters of the data, and moves between types.

use crate::Error;
use crate::draw::figure::groups;
use crate::view::View;
use minijinja::context;
use nulmeting_study::framework::Domain;
use nulmeting_study::tables::{Cluster, Division, Move, OrganisationType, TypeProfile, Typing, Typology};

/// The method whose divisions are laid beside the rule.
const HEADLINE: &str = "pam";

/// The numbers about a type.
pub(crate) fn numbers<'a>(view: &View<'a>, typing: Typing, code: &str) -> Vec<&'a TypeProfile> {
    let rows = view.input.analysed.type_profiles.iter();
    rows.filter(|row| row.wave == view.wave.id && row.typing == typing && row.r#type == code)
        .collect()
}

/// The number of a type about one domain: the mean level, or the share of tests passed in a pass/fail wave.
pub(crate) fn domain<'a>(view: &View<'a>, typing: Typing, code: &str, domain: &str) -> Option<&'a TypeProfile> {
    let statistic = groups::statistic(view);
    numbers(view, typing, code)
        .into_iter()
        .find(|row| row.scope == "domain" && row.item == domain && row.statistic == statistic)
}

/// Whether a domain has norms on an axis: types follow from the axes, so that a type's score there is no finding.
pub(crate) fn defines_types(view: &View<'_>, domain: &Domain) -> bool {
    let typology = &view.input.study.typology;
    let axes = [(&typology.policy, "policy"), (&typology.practice, "practice")];
    axes.into_iter().any(|(chosen, axis)| {
        let codes = chosen.clone().unwrap_or_else(|| view.framework.axis_norms(axis));
        let norms = view.framework.select(&codes);
        norms.iter().any(|norm| norm.domain == domain.code)
    })
}

/// The verdict on the types that the data show.
pub(crate) fn verdict<'a>(view: &View<'a>) -> Option<&'a Typology> {
    let of_wave = |row: &&Typology| row.wave == view.wave.id && row.method == HEADLINE;
    view.input.analysed.typology.iter().find(of_wave)
}

/// The divisions by the headline method, from few clusters to many.
pub(crate) fn divisions<'a>(view: &View<'a>, method: &str) -> Vec<&'a Division> {
    let rows = view.input.analysed.divisions.iter();
    rows.filter(|row| row.wave == view.wave.id && row.method == method)
        .collect()
}

/// The same, by the method whose divisions are laid beside the rule.
pub(crate) fn headline<'a>(view: &View<'a>) -> Vec<&'a Division> {
    divisions(view, HEADLINE)
}

/// The clusters of a division by the headline method.
pub(crate) fn clusters<'a>(view: &View<'a>, k: i64) -> Vec<&'a Cluster> {
    let rows = view.input.analysed.clusters.iter();
    rows.filter(|row| row.wave == view.wave.id && row.method == HEADLINE && row.k == k)
        .collect()
}

/// The organisations of the wave.
pub(crate) fn organisations<'a>(view: &View<'a>) -> Vec<&'a OrganisationType> {
    let rows = view.input.analysed.types.iter();
    rows.filter(|row| row.wave == view.wave.id).collect()
}

/// The moves between types by rule into this wave.
pub(crate) fn moves<'a>(view: &View<'a>) -> Vec<&'a Move> {
    let rows = view.input.analysed.moves.iter();
    rows.filter(|row| row.to_wave == view.wave.id && row.typing == Typing::Rule)
        .collect()
}

/// A cluster's name for readers: its number, and the type whose name it may carry.
pub(crate) fn cluster_name(view: &View<'_>, cluster: &Cluster) -> Result<String, Error> {
    let named = view.framework.types.iter().find(|kind| kind.code == cluster.label);
    let key = if named.is_some() {
        "typology.cluster.named"
    } else {
        "typology.cluster.number"
    };
    let name = named.map_or("", |kind| view.of(&kind.name));
    view.texts
        .say(key, context! { number => cluster.cluster, name => name })
}

/// Whether a count of organisations may be told in this profile.
pub(crate) fn may_tell(view: &View<'_>, count: i64) -> bool {
    !view.options.public || count == 0 || count >= view.input.study.disclosure.minimum
}
