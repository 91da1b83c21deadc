//! Types of organisation: by the rule on two axes, and by what the data say when nobody names the types.

use crate::words::Base;

crate::words! {
    /// What may be said of a division of organisations by the data.
    pub enum Verdict {
        /// Tighter than one continuum would give, and its clusters come back in bootstrap samples: the data show types.
        Types = "types",
        /// One continuum explains the data as well: no structure beyond the rule-based types.
        Continuum = "continuum",
        /// Tighter than a continuum, but the clusters do not come back: no structure beyond the rule-based types.
        Unstable = "unstable",
        /// Tried for comparison with the headline division; nothing is claimed by it.
        Compared = "compared",
        /// Too few organisations with enough answers to divide.
        TooFew = "too_few",
        /// All organisations answered the same: there is one type.
        AllEqual = "all_equal",
        /// The method does not fit these data; the statement says why.
        Refused = "refused",
    }
}

crate::words! {
    /// Which types a row is about.
    pub enum Typing {
        /// The types by rule, on the two axes.
        Rule = "rule",
        /// The clusters of the division that is laid beside the rule.
        Cluster = "cluster",
    }
}

table! {
    /// The type of an organisation by rule, and the cluster that the data put it in.
    pub struct OrganisationType, "types", one row per "wave and responding organisation", key ["wave", "organisation"] {
        /// Wave of the measurement.
        wave: String;
        /// Organisation, under its pseudonym unless the study is identified.
        organisation: String;
        /// Score on the policy axis: mean level, or share of tests passed in a pass/fail wave; absent when too little was answered.
        policy: Option<f64>, "level, or share from 0 to 1 in a pass/fail wave";
        /// Score on the practice axis, as the policy axis.
        practice: Option<f64>, "level, or share from 0 to 1 in a pass/fail wave";
        /// Score from which the policy axis counts as in order in this wave, by the study's rule.
        policy_threshold: Option<f64>, "level, or share from 0 to 1 in a pass/fail wave";
        /// Score from which the practice axis counts as in order.
        practice_threshold: Option<f64>, "level, or share from 0 to 1 in a pass/fail wave";
        /// Type by rule, as the codebook codes it; absent when an axis has no score.
        r#type: Option<String>;
        /// How sure the type is: the lowest of the three shares that follow.
        type_certainty: Option<f64>, "share from 0 to 1";
        /// How often the type stays when the answered norms of each axis are drawn anew.
        type_resampled: Option<f64>, "share from 0 to 1";
        /// How often the type stays when one or both thresholds move by a quarter level (an eighth of the tests in a pass/fail wave).
        type_moved: Option<f64>, "share from 0 to 1";
        /// How often the type stays when missing norms are filled at their worst and best.
        type_filled: Option<f64>, "share from 0 to 1";
        /// The other type that came up most, for an organisation that lies between two types; absent when its own is sure enough.
        type_between: Option<String>;
        /// Cluster of the division that is laid beside the rule, numbered by mean level from low to high; absent when none was sought. It is called a type only where `typology` says so.
        cluster: Option<i64>, "cluster";
        /// Silhouette of the organisation in that division; around 0 it lies between two clusters.
        silhouette: Option<f64>, "from -1 to 1";
        /// The nearest other cluster.
        cluster_neighbour: Option<i64>, "cluster";
    }
}

table! {
    /// A cluster of a division that was tried.
    pub struct Cluster, "clusters", one row per "wave, method, number of clusters and cluster", key ["wave", "method", "k", "cluster"] {
        /// Wave of the measurement.
        wave: String;
        /// Method: pam, single, complete, average or ward on domain means; pam_weighted with the design weights; pam_norms on norms; latent for latent classes of the norms.
        method: String;
        /// Number of clusters of the division.
        k: i64, "clusters";
        /// Whether the data are said to show these clusters as types.
        chosen: bool;
        /// Cluster, numbered by mean level from low to high.
        cluster: i64, "cluster";
        /// Code of the rule type that the cluster agrees with; otherwise the domains that set it apart most, each with + where it stands higher than the others and - where lower.
        label: String;
        /// Organisations in the cluster.
        size: i64, "organisations";
        /// Organisation at its centre; absent when the method has none.
        medoid: Option<String>;
        /// Mean silhouette of the cluster.
        silhouette: Option<f64>, "from -1 to 1";
        /// Mean Jaccard similarity to its nearest cluster over bootstrap samples; absent when not computed.
        jaccard: Option<f64>, "share from 0 to 1";
        /// The cluster of the wave before that this one goes on from, for the divisions laid beside the rule; absent where none does.
        continues: Option<i64>, "cluster";
        /// Whether it stays inside: a cluster of the division is small, and from the others or from a division with one cluster less it would follow.
        inside: bool;
    }
}

table! {
    /// A division that was tried, with every measure of how real it is.
    pub struct Division, "divisions", one row per "wave, method and number of clusters", key ["wave", "method", "k"] {
        /// Wave of the measurement.
        wave: String;
        /// Method, as in `clusters`.
        method: String;
        /// Number of clusters.
        k: i64, "clusters";
        /// Whether the data are said to show this many types.
        chosen: bool;
        /// Whether this division is laid beside the rule-based types.
        shown: bool;
        /// Organisations that were divided.
        boards: i64, "organisations";
        /// Mean silhouette.
        silhouette: Option<f64>, "from -1 to 1";
        /// Mean silhouette once answers are spread over the whole level that each stands for.
        silhouette_spread: Option<f64>, "from -1 to 1";
        /// Mean silhouette that one continuum fitted to the spread answers gives with as many clusters.
        silhouette_continuum: Option<f64>, "from -1 to 1";
        /// How far the silhouette of the spread answers lies above that.
        excess: Option<f64>, "standard deviations of the continuum";
        /// Gap statistic against an even box along the principal axes.
        gap: Option<f64>, "natural logarithm";
        /// Its standard error from the number of reference tables.
        gap_error: Option<f64>, "natural logarithm";
        /// Spread between clusters over spread within them (Calinski and Harabasz).
        calinski_harabasz: Option<f64>, "ratio";
        /// Mean Jaccard similarity over bootstrap samples of the least stable cluster.
        jaccard_lowest: Option<f64>, "share from 0 to 1";
        /// Adjusted Rand index with the division of the same number by medoids on domain means.
        agreement: Option<f64>, "1 is the same, 0 is chance";
        /// Agglomerative coefficient of the tree that the division is cut from.
        coefficient: Option<f64>, "share from 0 to 1";
        /// Akaike's criterion of latent classes; lower is better.
        aic: Option<f64>, "twice the logarithm of a likelihood";
        /// Bayesian criterion of latent classes; lower is better.
        bic: Option<f64>, "twice the logarithm of a likelihood";
        /// How clearly organisations belong to one latent class.
        entropy: Option<f64>, "share from 0 to 1";
    }
}

table! {
    /// What may be said of the types that the data show, in so many words.
    pub struct Typology, "typology", one row per "wave and method", key ["wave", "method"] {
        /// Wave of the measurement.
        wave: String;
        /// Method, as in `clusters`.
        method: String;
        /// What may be said.
        verdict: Verdict;
        /// Number of types that the data are said to show; absent when none is claimed. For latent classes the number with the lowest Bayesian criterion.
        k: Option<i64>, "clusters";
        /// Number of clusters of the division that is laid beside the rule.
        k_shown: Option<i64>, "clusters";
        /// Organisations that were divided.
        boards: i64, "organisations";
        /// Organisations that answered and were left out, because they have a score on half of the columns or fewer.
        left_out: i64, "organisations";
        /// Domains or norms that were compared.
        columns: i64, "columns";
        /// Domains or norms that nobody answered, which were left out, with spaces between them.
        columns_left_out: String;
        /// Organisations that the measures rest on when there are too many to compare all pairs; absent when they rest on all.
        sampled: Option<i64>, "organisations";
        /// Share of tables drawn from one continuum that look at least as clustered.
        p: Option<f64>, "share from 0 to 1";
        /// Number that the gap statistic takes by the rule of Tibshirani and others; 1 is no division.
        k_gap: Option<i64>, "clusters";
        /// Share of organisations whose cluster is paired with their type by rule, at the best pairing.
        agreement_rule: Option<f64>, "share from 0 to 1";
        /// What may be said, as a sentence.
        statement: String;
    }
}

table! {
    /// Clusters laid beside the types by rule.
    pub struct TypeAgreement, "type_agreement", one row per "wave, cluster and type", key ["wave", "cluster", "type"] {
        /// Wave of the measurement.
        wave: String;
        /// Cluster of the division laid beside the rule.
        cluster: i64, "cluster";
        /// Type by rule.
        r#type: String;
        /// Organisations in both.
        boards: i64, "organisations";
        /// Whether the best assignment pairs the two.
        paired: bool;
        /// Whether they agree well enough for the cluster to carry the type's name.
        named: bool;
    }
}

table! {
    /// What the organisations of a type are like: domains, obstacles, support, sector and size.
    pub struct TypeProfile, "type_profiles", one row per "wave, typing, type, scope, item, statistic and base", key ["wave", "typing", "type", "scope", "item", "statistic", "base"] {
        /// The number's name: its key, joined by slashes.
        id: String;
        /// Wave of the measurement.
        wave: String;
        /// Whose types these are.
        typing: Typing;
        /// Type as the codebook codes it, or the cluster's number.
        r#type: String;
        /// What the number is about: domain, all, axis, question, sector, size or pupils.
        scope: String;
        /// Domain, part, axis, question and option, sector or size class; `all` otherwise.
        item: String;
        /// Statistic: mean_level, share_meeting, share (of the type's organisations that chose it, or are in the class), share_type (of all organisations that are of the type), mean_pupils.
        statistic: String;
        /// Which units count.
        base: Base;
        /// The estimate for the organisations of the register of that type; absent when suppressed.
        estimate: Option<f64>, "level, share from 0 to 1, or pupils";
        /// Lower limit of its 95 % interval.
        ci_low: Option<f64>, "as the estimate";
        /// Upper limit of its 95 % interval.
        ci_high: Option<f64>, "as the estimate";
        /// Method of the interval.
        ci_method: String;
        /// Organisations under the number; absent when suppressed.
        n: Option<i64>, "organisations";
        /// How far the answering organisations of the type stand above the others; for domains only, absent when suppressed.
        difference: Option<f64>, "pooled standard deviations";
        /// Whether the number is withheld: too few organisations are under it, a few carry it, or another number that is withheld would follow from it.
        suppressed: bool;
    }
}

table! {
    /// Returning organisations that went from one type to another, or stayed.
    pub struct Move, "moves", one row per "pair of waves, typing and pair of types", key ["from_wave", "to_wave", "typing", "from", "to"] {
        /// The earlier wave.
        from_wave: String;
        /// The later wave.
        to_wave: String;
        /// Whose types these are.
        typing: Typing;
        /// Type or cluster in the earlier wave.
        from: String;
        /// Type or cluster in the later wave.
        to: String;
        /// Whether this is no move: the same type, or the cluster that goes on from the earlier one.
        stays: bool;
        /// Organisations; absent when suppressed.
        boards: Option<i64>, "organisations";
        /// Their pupils in the later wave; absent when suppressed or not known.
        pupils: Option<f64>, "pupils";
        /// Organisations with a type in both waves.
        returning: i64, "organisations";
        /// Whether the two waves measure alike: both levels, or both tests that are passed or not.
        comparable: bool;
        /// Whether the counts are withheld because few organisations are under them, or under another move that would follow from them.
        suppressed: bool;
    }
}

table! {
    /// A step of a tree of organisations: the two nearest groups are joined.
    pub struct Joining, "joinings", one row per "wave, method and step", key ["wave", "method", "step"] {
        /// Wave of the measurement.
        wave: String;
        /// Method: single, complete, average or ward, on domain means.
        method: String;
        /// Step, from 1.
        step: i64, "step";
        /// The first organisation of one group.
        first: String;
        /// The first organisation of the other; the joined group is named after `first` from here on.
        second: String;
        /// How far apart the groups were.
        height: f64, "summed difference over domains";
        /// Organisations in the joined group.
        size: i64, "organisations";
    }
}
