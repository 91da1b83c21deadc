//! The shape of a set of tables that a stage hands on: one declaration, from which come the struct, the list of its
//! tables for writing and for the data dictionary, and reading it back from files.

use crate::table::{Record, Schema, Table};

/// The rows of one declared table, whichever it is: what a writer of files needs.
pub trait Rows: Sync {
    /// The declaration.
    fn schema(&self) -> Schema;
    /// The rows as columns.
    fn table(&self) -> Table;
}

/// The rows of one table as a field of a set of tables.
pub trait Member: Rows + Default {
    /// A row.
    type Row: Record;
    /// The rows of a file that an earlier run wrote.
    fn from_file(rows: Vec<Self::Row>) -> Self;
    /// Adds other rows at the end.
    fn append(&mut self, other: Self);
    /// Makes the rows what comes back from a file.
    fn settle(&mut self);
}

impl<R: Record + Sync> Rows for Vec<R> {
    fn schema(&self) -> Schema {
        R::schema()
    }
    fn table(&self) -> Table {
        R::table(self)
    }
}

impl<R: Record + Sync> Member for Vec<R> {
    type Row = R;
    fn from_file(rows: Vec<R>) -> Self {
        rows
    }
    fn append(&mut self, other: Self) {
        self.extend(other);
    }
    fn settle(&mut self) {
        self.iter_mut().for_each(Record::settle);
    }
}

/// Where tables are read from.
pub trait TableReader {
    /// Why a table cannot be read.
    type Error;
    /// The rows of a table.
    fn read<R: Record>(&self) -> Result<Vec<R>, Self::Error>;
}

/// A set of tables that a stage hands on.
pub trait Bundle: Default {
    /// The declarations of its tables, in the order of the struct.
    fn schemas() -> Vec<Schema>;
    /// Its tables, in the order of the struct.
    fn tables(&self) -> Vec<&dyn Rows>;
    /// Reads all its tables; what is no table stays empty.
    fn load<T: TableReader>(reader: &T) -> Result<Self, T::Error>;
    /// Adds the rows of another set at the end of each table.
    fn extend(&mut self, other: Self);
    /// Makes the rows what comes back from a file: doubles have 12 significant digits.
    ///
    /// A stage that follows in the same run must see what it would see when it ran alone.
    #[must_use]
    fn settled(self) -> Self;
}

/// Declares a set of tables: the struct with a field per table, and what every set can do.
///
/// `also` holds what the stage hands on beside its tables. It is in no file of the set: reading leaves it empty.
#[macro_export]
macro_rules! bundle {
    ($(#[doc = $about:literal])+ pub struct $name:ident {
        $($(#[doc = $meaning:literal])+ $field:ident: $type:ty,)+
        $(also {
            $($(#[doc = $other_meaning:literal])+ $other:ident: $other_type:ty,)+
        })?
    }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $name {
            $($(#[doc = $meaning])+ pub $field: $type,)+
            $($($(#[doc = $other_meaning])+ pub $other: $other_type,)+)?
        }

        impl $crate::bundle::Bundle for $name {
            fn schemas() -> Vec<$crate::table::Schema> {
                vec![$(<<$type as $crate::bundle::Member>::Row as $crate::table::Record>::schema()),+]
            }
            fn tables(&self) -> Vec<&dyn $crate::bundle::Rows> {
                vec![$(&self.$field),+]
            }
            fn load<T: $crate::bundle::TableReader>(reader: &T) -> Result<Self, T::Error> {
                Ok(Self {
                    $($field: <$type as $crate::bundle::Member>::from_file(reader.read()?),)+
                    $($($other: Default::default(),)+)?
                })
            }
            fn extend(&mut self, other: Self) {
                $($crate::bundle::Member::append(&mut self.$field, other.$field);)+
                $($(self.$other.extend(other.$other);)+)?
            }
            fn settled(mut self) -> Self {
                $($crate::bundle::Member::settle(&mut self.$field);)+
                self
            }
        }
    };
}
