//! Types of organisation: by the rule on two axes, and by what the data say.

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
        /// Type by rule, as the codebook codes it; absent when an axis has no score.
        r#type: Option<String>;
        /// How often the type stays when norms are resampled, thresholds move and missing norms are filled at their worst and best.
        type_certainty: Option<f64>, "share from 0 to 1";
        /// Cluster of the chosen solution, numbered by mean level from low to high; absent when no structure was found or none was sought.
        cluster: Option<i64>, "cluster";
        /// Silhouette of the organisation in the chosen solution.
        silhouette: Option<f64>, "from -1 to 1";
    }
}

table! {
    /// A cluster of a solution that was tried.
    pub struct Cluster, "clusters", one row per "wave, method, number of clusters and cluster", key ["wave", "method", "k", "cluster"] {
        /// Wave of the measurement.
        wave: String;
        /// Method: pam, average, complete, single or ward.
        method: String;
        /// Number of clusters of the solution.
        k: i64, "clusters";
        /// Whether this solution was chosen.
        chosen: bool;
        /// Cluster, numbered by mean level from low to high.
        cluster: i64, "cluster";
        /// Rule type that the cluster agrees with, or what sets it apart.
        label: String;
        /// Organisations in the cluster.
        size: i64, "organisations";
        /// Organisation at its centre; absent when the method has none.
        medoid: Option<String>;
        /// Mean silhouette of the cluster.
        silhouette: Option<f64>, "from -1 to 1";
        /// Mean Jaccard similarity to its nearest cluster over bootstrap samples; absent when not computed.
        jaccard: Option<f64>, "share from 0 to 1";
    }
}
