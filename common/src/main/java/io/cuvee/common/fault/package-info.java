/// Faults that are made on purpose, to see what survives them.
@NullMarked
package io.cuvee.common.fault;

import org.jspecify.annotations.NullMarked;
