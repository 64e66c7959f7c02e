/// The commands of the project's README.
@NullMarked
package io.cuvee.sqltests.readme;

import org.jspecify.annotations.NullMarked;
