/// The shell on a terminal, over a cluster.
@NullMarked
package io.cuvee.sqltests.shell;

import org.jspecify.annotations.NullMarked;
