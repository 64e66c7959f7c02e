/// All roles in one JVM, and the log that they share.
@NullMarked
package io.cuvee.launcher.embedded;

import org.jspecify.annotations.NullMarked;
