/// What does not fit in memory: pages in temporary files.
@NullMarked
package io.cuvee.execution.spill;

import org.jspecify.annotations.NullMarked;
