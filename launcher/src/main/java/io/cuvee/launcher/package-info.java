/// The `cuvee` command, the embedded cluster and packaging.
@NullMarked
package io.cuvee.launcher;

import org.jspecify.annotations.NullMarked;
