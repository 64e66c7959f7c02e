/// Makes segments of files.
@NullMarked
package io.cuvee.minion.convert;

import org.jspecify.annotations.NullMarked;
