//! Types of organisation, and how sure we are of them.
//!
//! Two answers stand side by side: the rule (policy by practice, named types) and what the data say when nobody
//! names the types, each with its stability. In reading order: the table and its distances; medoids and trees;
//! how good a division is; how many clusters there are, if any; the rule; clusters to names; two waves;
//! latent classes.
//!
//! It refuses to guess missing answers, to take levels from the data instead of the codebook, and to call
//! something a type that one continuous factor would show as well. Everything is a function of its arguments:
//! random draws come from a seed that is given, one stream per replicate.

mod against;
mod assignment;
mod continuum;
mod dissimilarity;
mod draw;
mod error;
mod gap;
mod grain;
mod large;
pub mod latent;
mod linkage;
mod matrix;
pub mod naming;
pub mod number;
mod pam;
mod partition;
mod principal;
mod response;
pub mod rule;
mod sampled;
mod silhouette;
mod stability;
pub mod waves;

pub use assignment::assign;
pub use dissimilarity::{Dissimilarity, Distance, MOST_ROWS, Scale};
pub use error::Error;
pub use gap::{Gap, gap};
pub use linkage::{Linkage, Merge, Tree, agglomerate};
pub use matrix::Matrix;
pub use pam::{Pam, Swap, pam, pam_series, pam_with};
pub use partition::{adjusted_rand, by_first_row, calinski_harabasz, cross_table, sizes};
pub use sampled::{Sampled, pam_sampled};
pub use silhouette::{Silhouette, Structure, silhouette};
pub use stability::{Stability, stability, stability_of_pam};
