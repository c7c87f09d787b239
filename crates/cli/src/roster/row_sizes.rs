//! The size in bytes of each row of a batch when it is written.

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, GenericByteArray, PrimitiveArray, StringArray,
    cast::AsArray,
    types::{
        BinaryType, BinaryViewType, ByteArrayType, Int32Type, LargeBinaryType, LargeUtf8Type, StringViewType,
        UInt32Type, Utf8Type,
    },
};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

/// The size of a value whose type has a fixed size.
const FIXED: usize = 16;

/// The size of every row, over all columns.
pub(crate) fn of(columns: &[ArrayRef], rows: usize) -> Vec<usize> {
    let mut sizes = vec![0; rows];
    for column in columns {
        add(column, &mut sizes);
    }
    sizes
}

fn add(column: &dyn Array, sizes: &mut [usize]) {
    match column.data_type() {
        DataType::Utf8 => add_offsets::<Utf8Type>(column.as_string(), sizes),
        DataType::LargeUtf8 => add_offsets::<LargeUtf8Type>(column.as_string(), sizes),
        DataType::Binary => add_offsets::<BinaryType>(column.as_binary(), sizes),
        DataType::LargeBinary => add_offsets::<LargeBinaryType>(column.as_binary(), sizes),
        DataType::Utf8View => add_views(column.as_byte_view::<StringViewType>().views(), sizes),
        DataType::BinaryView => add_views(column.as_byte_view::<BinaryViewType>().views(), sizes),
        DataType::FixedSizeBinary(width) => add_each(usize::try_from(*width).unwrap_or(0), sizes),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let values = dictionary.values();
            if let (Some(keys), Some(texts)) =
                (dictionary.keys().as_primitive_opt::<Int32Type>(), values.as_string_opt())
            {
                add_keys(keys, texts, sizes);
            } else if let (Some(keys), Some(texts)) =
                (dictionary.keys().as_primitive_opt::<UInt32Type>(), values.as_string_opt())
            {
                add_keys(keys, texts, sizes);
            } else if !values.is_empty() {
                let of_values = of(std::slice::from_ref(values), values.len());
                let keys = dictionary.normalized_keys();
                sizes.iter_mut().zip(keys).for_each(|(size, key)| *size += of_values[key]);
            }
        }
        found if found.is_nested() => {
            // An audit shows such values as text. All rows are assumed to have the same size.
            add_each(column.get_array_memory_size() / column.len().max(1), sizes);
        }
        _ => add_each(FIXED, sizes),
    }
}

fn add_each(bytes: usize, sizes: &mut [usize]) {
    sizes.iter_mut().for_each(|size| *size += bytes);
}

fn add_offsets<T: ByteArrayType>(column: &GenericByteArray<T>, sizes: &mut [usize]) {
    let lengths = column.value_offsets().windows(2).map(|pair| (pair[1] - pair[0]).as_usize());
    sizes.iter_mut().zip(lengths).for_each(|(size, length)| *size += length);
}

/// A dictionary can be larger than its batch, so the lengths of its texts are not collected first.
fn add_keys<K: ArrowPrimitiveType>(keys: &PrimitiveArray<K>, texts: &StringArray, sizes: &mut [usize]) {
    let ends = texts.value_offsets();
    for (size, key) in sizes.iter_mut().zip(keys.values()) {
        // The key of a null can be any.
        let key = key.as_usize();
        *size += ends.get(key + 1).map_or(0, |end| (end - ends[key]) as usize);
    }
}

/// A view begins with the length of its value.
fn add_views(views: &[u128], sizes: &mut [usize]) {
    sizes.iter_mut().zip(views).for_each(|(size, view)| *size += *view as u32 as usize);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{DictionaryArray, Int32Array};
    use arrow_buffer::NullBuffer;

    use super::*;

    #[test]
    fn a_row_of_a_dictionary_has_the_size_of_its_text() {
        let texts = || Arc::new(StringArray::from(vec!["", "ab", "abcde"]));
        // The key of a null can be any.
        let keys =
            Int32Array::new(vec![2, 0, 1, i32::MAX].into(), Some(NullBuffer::from(vec![true, true, true, false])));
        let column: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::new(keys, texts()));
        assert_eq!(of(&[column], 4), [5, 0, 2, 0]);
        let other = DictionaryArray::<arrow_array::types::Int8Type>::new(vec![1, 2].into(), texts());
        assert_eq!(of(&[Arc::new(other)], 2), [2, 5]);
    }
}
