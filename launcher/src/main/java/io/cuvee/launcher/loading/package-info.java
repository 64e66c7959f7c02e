/// Files into the segments of a table: building, uploading, waiting.
@NullMarked
package io.cuvee.launcher.loading;

import org.jspecify.annotations.NullMarked;
