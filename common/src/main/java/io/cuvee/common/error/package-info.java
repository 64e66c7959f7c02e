/// The one exception and its codes.
@NullMarked
package io.cuvee.common.error;

import org.jspecify.annotations.NullMarked;
