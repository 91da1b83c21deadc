//! Clustering of ordinal answers, with how sure each cluster is.
//!
//! A [`Matrix`] holds rows of answers, some of them missing; a [`Dissimilarity`] compares the rows pair by pair.
//! From these come medoid clusters ([`pam`], and [`clara`] for many rows), trees ([`agglomerate`]), latent classes
//! ([`latent`]), and measures of a partition: silhouettes, stability, the gap statistic, agreement with another
//! partition. [`number_of_clusters`] puts all of them in one table and reaches one verdict, which may be that there
//! are no clusters. [`rule`] gives types by two thresholds instead, [`naming`] compares the two, and [`waves`]
//! follows clusters over time.
//!
//! ```
//! use nulmeting_typology::{Dissimilarity, Distance, Matrix, pam, silhouette};
//!
//! let matrix = Matrix::new(&[
//!     vec![Some(1.0), Some(2.0), Some(1.0)],
//!     vec![Some(1.0), None, Some(2.0)],
//!     vec![Some(5.0), Some(4.0), Some(5.0)],
//!     vec![Some(4.0), Some(5.0), None],
//! ])?;
//! let distances = Dissimilarity::new(&matrix, &Distance::Manhattan)?;
//! let clusters = pam(&distances, 2, None)?;
//! assert_eq!(clusters.clustering, [0, 0, 1, 1]);
//! let widths = silhouette(&distances, &clusters.clustering)?.expect("two clusters");
//! assert!(widths.mean > 0.7);
//! # Ok::<(), nulmeting_typology::Error>(())
//! ```
//!
//! The crate refuses to guess missing answers, to take the ends of a scale from the data, and to call clusters types
//! where one continuous factor would show the same clusters. Random draws come from a seed that the caller gives, one
//! stream per replicate, so the number of threads changes nothing. Results are those of R `cluster` where it has them.

// Rows and their distances.
mod dissimilarity;
mod matrix;

// Partitions.
mod clara;
mod clara_assignment;
mod linkage;
mod pam;
mod partition;

// How good a partition is.
mod gap;
mod silhouette;
mod stability;

// How many clusters there are, if any.
mod continuum;
mod null_model;
pub mod number_of_clusters;
mod principal;
mod rounding_jitter;

// Types by rule, names of clusters, and clusters of two waves.
mod assignment;
pub mod naming;
pub mod rule;
pub mod waves;

// Latent classes.
mod item_response;
pub mod latent;

mod error;
mod random;

pub use assignment::assign;
pub use clara::{Clara, ClaraSamples, clara};
pub use dissimilarity::{Dissimilarity, Distance, MOST_ROWS, Scale};
pub use error::Error;
pub use gap::{Gap, gap};
pub use linkage::{Linkage, Merge, Tree, agglomerate};
pub use matrix::Matrix;
pub use pam::{Pam, pam, pam_series};
pub use partition::{adjusted_rand, by_first_row, calinski_harabasz, cross_table, number_by_level, sizes};
pub use silhouette::{Silhouette, Structure, silhouette};
