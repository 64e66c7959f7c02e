/// The types that columns and expressions have.
@NullMarked
package io.cuvee.common.type;

import org.jspecify.annotations.NullMarked;
