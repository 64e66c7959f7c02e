/// SQL over local files, without a cluster.
@NullMarked
package io.cuvee.launcher.local;

import org.jspecify.annotations.NullMarked;
