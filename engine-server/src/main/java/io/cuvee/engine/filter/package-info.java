/// Conditions compiled for one segment, which narrow the mask of a block.
@NullMarked
package io.cuvee.engine.filter;

import org.jspecify.annotations.NullMarked;
