/// SQL from a terminal or a script, and how results are printed.
@NullMarked
package io.cuvee.launcher.shell;

import org.jspecify.annotations.NullMarked;
