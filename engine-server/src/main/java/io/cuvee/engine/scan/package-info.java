/// Blocks of rows of one segment: lazily decoded columns, selections, and the kernels over them.
@NullMarked
package io.cuvee.engine.scan;

import org.jspecify.annotations.NullMarked;
