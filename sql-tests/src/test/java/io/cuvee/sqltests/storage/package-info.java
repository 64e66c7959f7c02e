/// The same rows stored in every way give the same answers.
@NullMarked
package io.cuvee.sqltests.storage;

import org.jspecify.annotations.NullMarked;
