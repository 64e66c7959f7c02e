/// What this server holds: segments fetched, opened, served and dropped as the assignment says.
@NullMarked
package io.cuvee.engine.loading;

import org.jspecify.annotations.NullMarked;
