/// Scalar expressions over pages: a kernel for every function, conversions between types, text
/// forms.
@NullMarked
package io.cuvee.execution.expression;

import org.jspecify.annotations.NullMarked;
