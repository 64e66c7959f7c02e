package io.cuvee.calcite.parser;

import io.cuvee.common.type.ColumnType;

/// A literal of a statement that may become a parameter of its plan.
///
/// @param offset of its first character in the text; for a list, of its first value
/// @param value in the Java form of its type; for a list, a `List` of such values
public record Literal(int offset, Object value, ColumnType type) {}
