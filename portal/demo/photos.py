"""Photo submissions, first part: what members show of their days."""

from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Shot, Submission

PHOTOS = (
    Submission("hanneke", 2.6, "Swimming, all three, one of them voluntarily", "Utrecht, quarter to four. The eldest rides beside us now and gives directions.", (
        Shot(Drawing("canal", "golden", 401, "skiff", "children"), "A Skiff with two children in the box by a canal in golden evening light, gabled houses mirrored in the water."),
        Shot(Drawing("poster", "golden", 402, "skiff", "children", "square"), "The same three as a silhouette before a big low sun."),
    ), "Skiff", "Utrecht", "children, evening", ("sanne", "clara", "elif", "zofia"), (Answer("sanne", 4, "Which one was it?"), Answer("hanneke", 5, "The one who is now not speaking to me.", ("sanne", "elif")))),
    Submission("emil", 6, "Christmas came early for the Thorsens of Skovvej", "4.20 m, 61 kg, and it smelled all the way.", (
        Shot(Drawing("forest", "snow", 403, "tug", "fir"), "A fir tree tied onto a Tug in a snowy forest, flakes in the air."),
        Shot(Drawing("street", "snow", 404, "tug", "fir", "portrait", flip=True), "The fir arrives in a street of snow-covered houses."),
    ), "Tug", "Aarhus", "winter, trees", ("bea", "finn", "ruth", "henrik", "selma")),
    Submission("carla", 10, "Wedding at eleven", "Two hundred peonies, four hills, zero wilting. The windbreak is Emil's idea.", (
        Shot(Drawing("market", "spring", 405, "tug", "plants"), "A Tug full of flowers between market stalls under strings of bunting."),
        Shot(Drawing("street", "summer", 406, "tug", "plants", "portrait"), "Uphill past colourful houses."),
        Shot(Drawing("coast", "golden", 407, "tug", "", "wide", flip=True), "Empty deck, low sun, the sea: the way home."),
    ), "Tug", "Lisbon", "flowers, wedding", ("emil", "zofia", "amelie", "giorgos", "noa")),
    Submission("marit", 13, "A dry morning (documented)", "There was one. I have witnesses.", (
        Shot(Drawing("mountains", "summer", 408, "punt", "children"), "A Punt with two children before snowy peaks under a clear sky."),
    ), "Punt", "Bergen", "hills, children", ("noa", "rami", "aoife", "wout")),
    Submission("mirko", 16, "Half past six, Leipzig, 38 stops to go", "That light lasts four minutes. I was late by four minutes.", (
        Shot(Drawing("bridge", "golden", 409, "tug", "parcels", "panorama"), "A Tug with parcels crosses a long stone bridge before an orange sky."),
    ), "Tug", "Leipzig", "morning, couriers", ("kofi", "jana", "zofia", "tim", "ilse"), (Answer("jana", 3, "Four minutes well spent.", ("mirko",)),)),
    Submission("bea", 18, "Moving day for the ladies 🐝", "One hive on the Raft, before sunrise. Nobody stung, everybody tired.", (
        Shot(Drawing("hills", "mist", 410, "punt", "", "wide", trailer=True), "A Punt with a trailer on a misty hill road."),
        Shot(Drawing("forest", "autumn", 411, "punt", "", "landscape", trailer=True), "The same pair in an autumn forest, leaves on the path."),
    ), "Raft", "Ljubljana", "bees, trailer", ("emil", "finn", "katya")),
    Submission("sanne", 21, "First frost, warm biscuits", "They insist on the balloon when it is somebody's birthday. It is always somebody's birthday.", (
        Shot(Drawing("canal", "snow", 412, "skiff", "balloons"), "A Skiff with a child and six balloons by a canal in the snow."),
    ), "Skiff", "Groningen", "winter, birthday", ("elif", "hanneke", "clara", "ruth", "luca")),
    Submission("adebayo", 24, "Ten minutes, from kerb to queue", "Set-up at the harbour festival. The pots are full to the brim, thank you Nadia.", (
        Shot(Drawing("market", "golden", 413, "barge", "bread", "landscape"), "A Barge between market stalls in golden light, crates stacked in its box."),
        Shot(Drawing("market", "dusk", 414, "barge", "parcels", "square"), "The same market in the evening, windows lit."),
    ), "Barge", "Bristol", "market, food", ("nadia", "matteo", "wout")),
    Submission("noa", 27, "The sea is down there, we live up here", "300 metres of climbing, two children, one song, sung eleven times.", (
        Shot(Drawing("coast", "summer", 415, "punt", "children"), "A Punt with two children above a bright blue sea with sails."),
        Shot(Drawing("coast", "dusk", 416, "punt", "children", "portrait", flip=True), "The same road at dusk, the lighthouse on."),
    ), "Punt", "Haifa", "hills, sea", ("marit", "rami", "aoife", "zofia", "giorgos")),
    Submission("katya", 31, "She watches geese as one watches television", "Two straps, one rubber mat, full concentration.", (
        Shot(Drawing("hills", "summer", 417, "barge", "dog"), "A dog sits in the box of a Barge on a road over green hills."),
        Shot(Drawing("poster", "dawn", 418, "barge", "dog", "square"), "Rider and dog before a pale sun."),
    ), "Barge", "Graz", "dogs", ("priya", "emil", "ruth", "sanne", "clara"), (Answer("priya", 5, "A textbook harness. And a textbook dog.", ("katya",)),)),
    Submission("jana", 34, "Night shift, stop 31", "Nobody on the bridge but a fox, who was quicker than my camera.", (
        Shot(Drawing("street", "night", 419, "tug", "parcels", "wide"), "A Tug with parcels in a street at night, lamps and windows glowing."),
    ), "Tug", "Hamburg", "night, couriers", ("kofi", "mirko", "aoife", "nadia")),
    Submission("oskar", 38, "In tune", "Cello standing, neck loose, tennis ball in place.", (
        Shot(Drawing("street", "autumn", 420, "skiff", "cello"), "A cello case stands in the box of a Skiff, town houses in autumn."),
        Shot(Drawing("forest", "mist", 421, "skiff", "cello", "portrait"), "The same load on a misty forest path."),
    ), "Skiff", "Turku", "music, fragile", ("emil", "zofia", "gustav", "yusuf")),
)
