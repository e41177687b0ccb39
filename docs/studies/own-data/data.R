# Writes the eight data sets of R's package mlbench as CSV: Rscript data.R. Made with R 4.2.2 and mlbench 2.1.3.
library(mlbench)
data(Sonar, Glass, Ionosphere, HouseVotes84, Vehicle, Vowel, DNA, Satellite)

folder <- file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "data")

# Features first, then the column `class`.
save <- function(name, features, class) {
  file <- gzfile(file.path(folder, paste0(name, ".csv.gz")), "w", compression = 9)
  write.csv(cbind(features, class = class), file, row.names = FALSE, quote = FALSE)
  close(file)
}

numbers <- function(frame) as.data.frame(lapply(frame, function(column) as.numeric(as.character(column))))

save("sonar", Sonar[-61], Sonar$Class)
save("glass", Glass[-10], Glass$Type)
save("ionosphere", numbers(Ionosphere[-35]), Ionosphere$Class)
save("vehicle", Vehicle[-19], Vehicle$Class)

# Neither yes nor no is a value of its own (see the documentation of the data): 0 between -1 and 1.
votes <- as.data.frame(lapply(HouseVotes84[-1], function(vote) ifelse(is.na(vote), 0, ifelse(vote == "y", 1, -1))))
save("votes", votes, HouseVotes84$Class)

# V1 is the speaker: eight are for training, the other seven for the test.
heard <- as.integer(as.character(Vowel$V1)) < 8
save("vowel", Vowel[heard, 2:10], Vowel$Class[heard])
save("vowel-test", Vowel[!heard, 2:10], Vowel$Class[!heard])

# Statlog's training data come first: 2,000 and 4,435 rows.
save("dna", numbers(DNA[1:2000, -181]), DNA$Class[1:2000])
save("dna-test", numbers(DNA[2001:3186, -181]), DNA$Class[2001:3186])
save("satellite", Satellite[1:4435, -37], Satellite$classes[1:4435])
save("satellite-test", Satellite[4436:6435, -37], Satellite$classes[4436:6435])
