"""Photo submissions, second part."""

from portal.demo.pictures import Drawing
from portal.demo.shapes import Answer, Shot, Submission

PHOTOS = (
    Submission("leonie", 43, "Tuesday, clear to cast off", "The belt inspector gave permission. All names are known to the inspector.", (
        Shot(Drawing("hills", "spring", 422, "barge", "children", "landscape"), "Two children in the box of a Barge on a road through spring hills."),
        Shot(Drawing("bridge", "spring", 423, "barge", "children", "wide"), "The Barge crosses the bridge on the way to the pool."),
    ), "Barge", "Freiburg", "school, children", ("benno", "ruth", "ilse", "hanneke")),
    Submission("yusuf", 48, "Fourth floor, no lift, one armchair", "Its owner is 84 and walked beside it the whole way, to be sure.", (
        Shot(Drawing("street", "golden", 424, "tug", "chair"), "A Tug carries an armchair and a lamp down a street in golden light."),
    ), "Tug", "Berlin", "moving", ("friederike", "wout", "kofi", "zofia", "ruth")),
    Submission("finn", 54, "Sir Rots-a-Lot goes to market", "Forty kitchens, 210 litres, one very happy pumpkin bed 🌻", (
        Shot(Drawing("garden", "summer", 425, "skiff", "plants", "landscape", trailer=True), "A borrowed Skiff with plants pulls the compost trailer past an allotment shed."),
        Shot(Drawing("garden", "autumn", 426, "skiff", "plants", "square", trailer=True), "The same allotment in autumn colours."),
    ), "Raft", "Leeds", "garden, trailer", ("bea", "emil", "elif")),
    Submission("amelie", 59, "The lake before the tourists", "Six in the morning, cheese asleep, goats awake.", (
        Shot(Drawing("mountains", "dawn", 427, "tug", "parcels", "panorama"), "A Tug with boxes below a range of peaks at dawn, very wide."),
        Shot(Drawing("mountains", "snow", 428, "tug", "", "landscape"), "The same road in the snow, with an empty deck: the day of the hail."),
    ), "Tug", "Annecy", "mountains, market", ("carla", "nadia", "jonas_k", "marit", "zofia")),
    Submission("zofia", 65, "Rain, from the side, on purpose", "I waited two hours for this. Then my lens was wet, and that was the picture.", (
        Shot(Drawing("canal", "rain", 429, "skiff", "", "portrait"), "A rider on a Skiff by a canal in heavy rain, windows lit in tall houses."),
        Shot(Drawing("street", "rain", 430, "skiff", "parcels", "square"), "Equipment boxes in the Skiff under street lamps in the rain."),
    ), "Skiff", "Kraków", "rain, photography", ("oskar", "marit", "sven", "mei", "kofi", "delphine"), (Answer("marit", 6, "Two hours! Here you would have waited four minutes.", ("zofia", "wout")),)),
    Submission("gustav", 73, "To the opera", "Birgitta has the bell. I have the legs. *Rusalka*, second act, from the stage door.", (
        Shot(Drawing("street", "dusk", 431, "barge", "balloons", "landscape"), "A Barge with balloons in the violet light of dusk, street lamps on."),
    ), "Barge", "Uppsala", "evening", ("ruth", "selma", "hanneke", "ingrid")),
    Submission("priya", 79, "House call, ninth district", "The patient is under the sofa. The patient's brother came to see me off.", (
        Shot(Drawing("street", "summer", 432, "skiff", "dog", "portrait"), "A dog in the box of a Skiff in a sunny street."),
        Shot(Drawing("street", "spring", 433, "skiff", "dog", "wide", flip=True), "On the way to the next visit."),
    ), "Skiff", "Vienna", "animals", ("katya", "aoife", "elif")),
    Submission("rami", 86, "بطيخة يوم الجمعة 🍉", "كل يوم جمعة: طفلان، حقيبتان، وبطيخة واحدة. The Friday watermelon, 11 kg, belted in.", (
        Shot(Drawing("hills", "golden", 434, "punt", "children"), "A Punt with two children on a golden hill road."),
    ), "Punt", "Amman", "children, hills", ("noa", "bea", "marit")),
    Submission("selma", 97, "Driftwood, collected, rejected, collected again", "Grandchildren decide by vote. The big one lost twice and came along in the end.", (
        Shot(Drawing("coast", "mist", 435, "barge", "tools", "landscape"), "A Barge with ladders and finds on a misty coast road, lighthouse pale behind."),
        Shot(Drawing("coast", "summer", 436, "barge", "children", "square"), "The voters in the box, the sea behind them."),
    ), "Barge", "Kiel", "sea, grandchildren", ("gustav", "ruth", "wout", "ingrid")),
    Submission("delphine", 116, "The bookshop comes to you", "Eleven parcels, one of them a birthday, none of them late.", (
        Shot(Drawing("canal", "autumn", 437, "punt", "", "landscape"), "A Punt on a quay, houses in autumn light mirrored in the water."),
    ), "Punt", "Nantes", "books, delivery", ("kofi", "mei", "oskar")),
    Submission("tomasz", 139, "Kitchen, complete, on one deck", "Nine fronts, one worktop, one sink. The tap is in my pocket.", (
        Shot(Drawing("street", "autumn", 438, "tug", "tools", "landscape"), "A Tug with ladders and tool boxes in an autumn street."),
        Shot(Drawing("workshop", "golden", 439, "tug", "parcels", "wide", rider=False), "Loading in the workshop, evening light in the windows."),
    ), "Tug", "Wrocław", "carpentry", ("giorgos", "mirko", "sven")),
    Submission("ingrid", 171, "The works, on a Monday", "Before the compressor starts. For four minutes you can hear the river.", (
        Shot(Drawing("workshop", "dawn", 440, "skiff", "", "landscape", rider=False), "A Skiff in the empty workshop, morning light through tall windows."),
        Shot(Drawing("bridge", "dawn", 441, "barge", "", "panorama"), "A Barge on the old bridge of Lauenstrand at dawn."),
        Shot(Drawing("poster", "dusk", 442, "punt", "children", "square"), "A Punt with two children before an evening sun with rays."),
        Shot(Drawing("hills", "autumn", 443, "skiff", "dog", "portrait"), "Test ride with a dog on an autumn road."),
    ), "", "Lauenstrand", "works", ("gustav", "wout", "hanneke", "selma", "tove")),
)
